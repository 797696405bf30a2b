"""The panel of properties, of every kind."""

from praxis.kernel.display import Panel, contribute, fields, screens
from praxis.kernel.lifecycle import Phase
from praxis.records import extras
from praxis.records.read import unseen
from praxis.records.where import added_fact

from .draw import macro


def loaded(facts, rows, actor):
    """{field key: {record id: value}} of the facts that cannot be joined; one query each."""
    return {f.key: f.load(rows, actor) for f in facts if f.load}


def may_edit(fact, record, by):
    if not fact.edit or record.phase == Phase.FINAL and fact.key not in record.type.after_close:
        return False
    return by.may((fact.needs or "*.change").replace("*", record.kind), record) and not (fact.see and fact.key in unseen(record.type, by, record))


def _values(keys):
    def load(record, by):
        shut = unseen(record.type, by, record)
        facts = [fields(record.kind)[k] for k in keys(screens[record.kind]) if k not in shut]
        added = extras.on(record, by).values() if keys(screens[record.kind]) is screens[record.kind].properties else ()
        facts += [added_fact(e) for e in added if e.on_page and (e.when is None or e.when(record))]
        extra = loaded(facts, [record], by)
        rows = [(f, f.value(record, extra), may_edit(f, record, by)) for f in facts]
        return {"rows": rows, "macro": macro} if rows else None

    return load


contribute(
    "*",
    Panel(key="screens.properties", title="", slot="rail", template="props.j2", load=_values(lambda s: s.properties),
          on=("*.field.*",), order=20),
    Panel(key="screens.short", title="", slot="preview", template="props.j2", load=_values(lambda s: s.short or s.properties),
          on=("*.field.*",), order=20),
)
