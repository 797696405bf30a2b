"""Title, state, marks and buttons of a record."""

from praxis.kernel.display import fields, marks, screens
from praxis.records.read import possible

from .draw import macro


def head(record, by):
    """The context of head.j2 and buttons.j2."""
    signs = [(macro(m.draw), m.load([record], by).get(record.pk) if m.load else m.read(record)) for m in marks(record.kind, "head")]
    return {"record": record, "kind": record.type, "stage": fields(record.kind)["state"].value(record, {}), "marks": [d(v) for d, v in signs if v],
            **steps(record, by)}


def steps(record, by):
    """Buttons beside the title, the last one primary, and the rest for the menu."""
    found = {s.key: s for s in possible(record, by) if not s.quiet}
    named = [found.pop(k) for k in screens[record.kind].buttons if k in found]
    return {"buttons": named, "menu": list(found.values())}
