"""/help/<practice>: the pages of docs/practices inside the product, for those who work with them."""

from pathlib import Path

from django.http import Http404
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET

from praxis.screens.access import access
from praxis.screens.draw import page

PAGES = Path(__file__).resolve().parents[3] / "docs" / "practices"


def known():
    """{name: heading} of the pages."""
    return {p.stem: p.read_text().splitlines()[0].lstrip("# ") for p in sorted(PAGES.glob("*.md"))}


@require_GET
@access("desk.work")
def practice(request, name):
    if name not in (pages := known()):
        raise Http404
    _heading, _newline, words = (PAGES / f"{name}.md").read_text().partition("\n")
    return page(request, "web/help.j2", section="", title=pages[name] or _t("Help"), words=words, pages=pages, here=name)
