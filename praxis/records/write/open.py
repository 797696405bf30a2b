from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel import numbers
from praxis.kernel.display import fields
from praxis.kernel.errors import Forbidden
from praxis.people.models import Organisation, Person

from .. import extras
from ..models import Record
from ._commit import commit, enter
from .gate import writing
from .values import EMPTY, check, check_added, entry, put, resolved, told, tracked, unset

PROTECTED = {"kind", "number", "state", "phase", "is_open", "version", "opened_at", "updated_at", "due_at", "resolved_at",
             "closed_at", "external_ref", "id"}


@writing()
def open_record(kind, by, *, data=None, **values):
    """Create a record of `kind` in its first state, for its requester's organisation.

    Raises Forbidden, or ValidationError for a column that does not exist, may not be set, or names a row out of reach.
    """
    if not by.has(kind.permission("open")):
        raise Forbidden(kind.permission("open"))
    if bad := set(values) & (PROTECTED | set(kind.computed)):
        raise ValidationError({f: _("This is not set by hand.") for f in bad})
    record = kind.model(kind=kind.key)
    enter(record, kind.lifecycle.first.name)
    _belongs(record, by, values)
    given = resolved(record, by, values)
    for name, value in given.items():
        put(record, name, value)
    added = {n for n in values if n.startswith(extras.PREFIX)}
    _may_open(record, by, set(values) - set(kind.opening) - added)
    if shut := {n for n in added if not extras.of(kind.key, record.organisation_id)[n].portal and not by.has(kind.permission("change"))}:
        raise Forbidden(f"{kind.permission('change')} ({', '.join(sorted(shut))})")
    names = tracked(type(record))
    check(record, names)
    check_added(record, by, added, opening=True)
    for name, value in (kind.compute(record) if kind.compute else {}).items():
        setattr(record, name, value)
    record.number = numbers.take(kind)[0]
    changes = {n: entry(record, n, None, v) for n in names if not unset(names[n], v := getattr(record, n))}
    changes |= {told(n): entry(record, n, None, v) for n, v in given.items() if n in added and v not in EMPTY}
    commit(record, by, f"{kind.key}.opened", changes, data=data, creating=True, at=record.opened_at)
    return record


def _may_open(record, by, more):
    """The right to open is judged by the requester, not by an owner one names oneself; `more` needs the right to change."""
    kind, owner = record.type, record.owner
    record.owner = None
    allowed = by.may(kind.permission("open"), record)
    record.owner = owner
    if not allowed:
        raise Forbidden(kind.permission("open"))
    steps, catalogue = kind.verbs | kind.lifecycle.moves, fields(kind.key)
    for name in more:
        own = (f.needs.replace("*", kind.key) if (f := catalogue.get(name)) and f.needs else "") or kind.permission("change")
        step = steps.get(kind.by_verb.get(name))
        for permission in {own, step.needs.replace("*", kind.key) if step else own}:
            if not by.may(permission, record):
                raise Forbidden(permission)


def _belongs(record, by, values):
    """The organisation is the requester's, or that of the record that this one is part of; without them the actor's. Nobody else's can be named."""
    if record.type.home and (whole := values.get(record.type.home)):
        whole = whole if isinstance(whole, Record) else Record.objects.filter(pk=whole).first()
        if whole is None or not by.may(f"{whole.kind}.see", whole):
            raise ValidationError({record.type.home: _("Choose one of the list: this one does not exist or is not yours to use.")})
        record.organisation_id = whole.organisation_id
        values.pop("organisation", None)
        return
    wanted = values.pop("organisation", None)
    if isinstance(wanted, int):
        wanted = Organisation.objects.filter(pk=wanted).first()
    requester = values.get("requester") or values.pop("requester", None)
    if not requester and record.type.requested and (wanted is None or wanted.pk == by.organisation):
        requester = by.id  # for a customer whoever opens it asks for nothing themselves
    if requester and not isinstance(requester, Person):
        requester = Person.objects.select_related("organisation").filter(pk=requester).first()
    if requester and not by.reaches(requester.organisation_id):
        raise ValidationError({"requester": _("Choose one of the list: this one does not exist or is not yours to use.")})
    if wanted and not by.reaches(wanted.pk):
        raise ValidationError({"organisation": _("This organisation is not yours to use.")})
    if requester and wanted and wanted.pk != requester.organisation_id:
        raise ValidationError({"organisation": _("The requester belongs to another organisation.")})
    if requester:
        values["requester"] = requester
        record.organisation_id = requester.organisation_id
    else:
        record.organisation_id = wanted.pk if wanted else by.organisation
