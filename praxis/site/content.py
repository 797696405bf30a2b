"""The packs that ship with Praxis, and loaders for the rows of the lower floors."""

from pathlib import Path

from praxis.kernel import content
from praxis.kernel.kinds import registry
from praxis.kernel.models import Setting as Row
from praxis.kernel.settings import declared
from praxis.people.models import Role
from praxis.records import write

for path in sorted((Path(__file__).parent / "packs").glob("*.yaml")):
    content.pack(path.stem, path)


@content.loader("role")
def role(entry, by):
    """A role with the permissions that kinds and abilities declare for it; later ones are added, none is taken away."""
    row = Role.objects.filter(key=entry.key).first()
    declared_for = {key: p.default[entry.key] for key, p in registry.permissions.items() if entry.key in p.default}
    if row is None:
        write.save(Role(), by, key=entry.key, label=content.words(entry.set["label"]), permissions=declared_for)
        return "made"
    missing = {k: v for k, v in declared_for.items() if k not in row.permissions}
    if not missing:
        return "same"
    write.save(row, by, permissions=row.permissions | missing)
    return "changed"


@content.loader("setting")
def setting(entry, by):
    if entry.key not in declared:
        raise content.BadPack(f"There is no setting {entry.key!r}.")
    if Row.objects.filter(key=entry.key, organisation=None).exists():
        return "same"
    write.save(Row(), by, key=entry.key, value=declared[entry.key].check(entry.set["value"]))
    return "made"
