"""make new-practice NAME=release: the files of a new practice, its test and its page, and its line in the list of apps."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "__init__.py": '"""{Label} management: say in one sentence what it is for, and which ITIL practice it is."""\n',
    "apps.py": 'from django.apps import AppConfig\n\n\nclass {Label}Config(AppConfig):\n    name = "praxis.practices.{name}"\n'
               '    default_auto_field = "django.db.models.BigAutoField"\n',
    "migrations/__init__.py": "",
    "models.py": 'from praxis.records.models import Record\n\n\nclass {Label}(Record):\n    """What one {name} is."""\n',
    "lifecycle.py": "from django.utils.translation import gettext_lazy as _\n\nfrom praxis.kernel.lifecycle import Lifecycle, Move, Phase, State\n\n\n"
                    'class {Label}Lifecycle(Lifecycle):\n    """Say where the states come from."""\n\n    NEW = State(_("New"), Phase.OPEN, "new")\n'
                    '    DONE = State(_("Done"), Phase.DONE, "done")\n    CLOSED = State(_("Closed"), Phase.FINAL, "done")\n\n'
                    '    finish = Move(NEW, to=DONE, label=_("Finish"), needs="{name}.change")\n'
                    '    reopen = Move(DONE, to=NEW, label=_("Reopen"), needs="{name}.change")\n'
                    '    close = Move(DONE, to=CLOSED, label=_("Close"), needs="{name}.change")\n',
    "kind.py": "from django.utils.translation import gettext_lazy as _\n\nfrom praxis.kernel.kinds import Kind, Permission\n\n"
               "from .lifecycle import {Label}Lifecycle\nfrom .models import {Label}\n\nSTAFF = {{\"agent\": \"all\", \"team_lead\": \"all\", \"administrator\": \"all\"}}\n\n"
               "{NAME} = Kind(\n    key=\"{name}\", label=_(\"{Label}\"), plural=_(\"{Label}s\"), prefix=\"{PREFIX}\", model={Label}, lifecycle={Label}Lifecycle,\n"
               "    permissions=tuple(Permission(f\"{name}.{{verb}}\", label, STAFF) for verb, label in (\n"
               "        (\"see\", _(\"See\")), (\"open\", _(\"Open\")), (\"change\", _(\"Change\")), (\"reply\", _(\"Reply\")), (\"notes\", _(\"Notes\")), (\"link\", _(\"Link\")))),\n)\n",
    "display.py": "from django.utils.translation import gettext_lazy as _\n\nfrom praxis.kernel.display import Column, Section, View, show\n"
                  "from praxis.lib.conditions import Group\n\nfrom .kind import {NAME}\n\nshow(\n    {NAME},\n"
                  "    columns=(Column(\"number\", \"i\"), Column(\"title\", \"m\"), Column(\"state\"), Column(\"owner\", \"o\", quiet=True, draw=\"face\")),\n"
                  "    filters=(\"state\", \"owner\", \"team\"), views=(View(\"all\", _(\"All\"), Group(\"all\"), \"updated\"),),\n"
                  "    properties=(\"owner\", \"requester\"), form=(Section(_(\"What it is\"), \"title\", \"description\"),),\n)\n",
}


def main(name):
    if not re.fullmatch(r"[a-z]{3,20}", name or ""):
        raise SystemExit("NAME is one short word in lower case, such as release.")
    folder = ROOT / "praxis" / "practices" / name
    if folder.exists():
        raise SystemExit(f"{folder.relative_to(ROOT)} exists already.")
    words = {"name": name, "Label": name.capitalize(), "NAME": name.upper(), "PREFIX": name[:3].upper()}
    for file, text in FILES.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(**words))
    settings = ROOT / "praxis" / "site" / "settings.py"
    line = '    "praxis.practices.incident",\n'
    settings.write_text(settings.read_text().replace(line, f'{line}    "praxis.practices.{name}",\n'))
    (ROOT / "docs" / "practices" / f"{name}.md").write_text(f"# {name.capitalize()} management\n\n**Purpose (ITIL 4):** ...\n")
    (ROOT / "tests" / "practices" / f"test_{name}.py").write_text('"""Rules and verbs of the practice; what every kind promises is tested by being declared."""\n')
    print(f"Made {folder.relative_to(ROOT)}. Next: columns in models.py, make migrations, states, permissions, display,\n"
          f"then UPDATE_QUERIES=1 .venv/bin/pytest tests/contracts and docs/practices/{name}.md.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
