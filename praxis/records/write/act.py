from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.kernel.errors import Forbidden, NotPossible
from praxis.kernel.lifecycle import Phase
from praxis.lib.text import without_control

from ..read import permitted
from .gate import writing


@writing()
def act(record, by, key, **arguments):
    """Run a declared verb or offer with exactly its arguments; the interfaces call nothing else.

    What an offer returns is another record: both are linked by the offer itself through `write.link`.
    """
    verb = record.type.verbs.get(key)
    if verb is None:
        raise NotPossible(_("%(kind)s has no action %(name)s.") % {"kind": record.type.label, "name": key})
    if not permitted(verb, record, by) or verb.meant and not verb.meant(record, by):
        raise Forbidden(verb.permission(record.kind))
    known = verb.arguments
    arguments = {n: without_control(v) if isinstance(v, str) else v for n, v in arguments.items()}
    if extra := set(arguments) - set(known):
        raise ValidationError({"__all__": _("%(verb)s does not take %(names)s.") % {
            "verb": verb.label, "names": ", ".join(sorted(extra))}})
    if missing := [n for n, (_t, _a, needed) in known.items() if needed and str(arguments.get(n) or "").strip() == ""]:
        raise ValidationError({n: _("This field is needed.") for n in missing})
    if record.phase == Phase.FINAL and not verb.after_close:
        raise NotPossible(_("%(number)s is %(state)s.") % {"number": record.number, "state": str(record.stage.label).lower()})
    if verb.when and not verb.when(record):
        raise NotPossible(_("“%s” is not possible now.") % verb.label)
    return verb.run(record, by, **arguments)
