"""The Jinja2 environment of our own pages."""

from datetime import UTC
from uuid import uuid4

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from praxis.kernel.now import now
from praxis.lib import text
from praxis.lib.spans import exact, hours, short

from . import charts


def when(at):
    """10:42 today, Mon 16:10 within a week, 12 Nov, 12 Nov 2025; in the reader's zone."""
    local, today = timezone.localtime(at), timezone.localtime(now())
    days = (today.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    if days == 1:
        return gettext("yesterday %s") % f"{local:%H:%M}"
    if -7 < days < 7:
        return f"{local:%a %H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"


def full(at):
    """Tue 24 Nov 2026, 10:42 CET: for hovering and for screen readers."""
    local = timezone.localtime(at)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"


def iso(at):
    return at.astimezone(UTC).isoformat(timespec="seconds")


def rich(words):
    return Markup(text.html(words))


def environment(**options):
    options.pop("undefined", None)
    env = Environment(**options, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
    env.install_gettext_callables(gettext, ngettext, newstyle=True)
    env.filters |= {"when": when, "full": full, "iso": iso, "local": lambda at: f"{timezone.localtime(at):%Y-%m-%dT%H:%M}", "span": short, "exact": exact, "hours": hours, "rich": rich, "lifecycle": charts.lifecycle, "dash": lambda key: key.replace(".", "-")}
    env.globals |= {"static": static, "now": now, "once_key": lambda: uuid4().hex}
    return env
