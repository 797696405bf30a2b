"""Service hours and targets on one page: what each set promises by priority, how clocks behave, the hours behind them."""

import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from praxis.abilities.clocks.models import Target, TargetSet
from praxis.kernel.errors import Conflict, Refused
from praxis.kernel.now import now
from praxis.practices.agreement.pages import COPIED
from praxis.records import write
from praxis.screens import rows
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.draw import page

PRIORITIES = (1, 2, 3, 4, 5)
rows.extra.append(("desk", _("Service hours and targets"), "/admin/levels", "admin.settings"))


def _in_force():
    """{(set, kind, metric): {priority: the Target in force now}}"""
    found = {}
    for row in Target.objects.order_by(F("valid_from").asc(nulls_first=True), "pk"):
        if row.valid_from is None or row.valid_from <= now():
            found.setdefault((row.set_id, row.kind, row.metric), {})[row.priority] = row
    return found


def _name(line, priority):
    return f"t-{line[0]}-{line[1]}-{line[2]}-{priority}"


def _lines(known, typed, errors):
    """[(set, [(kind, metric, [cell], calendars)])] as the table shows them; what was typed wins over what is stored."""
    metrics, out = dict(Target.METRICS), []
    order = list(metrics)
    for one in TargetSet.objects.order_by("label"):
        lines = sorted((line for line in known if line[0] == one.pk), key=lambda line: (line[1], order.index(line[2])))
        drawn = []
        for line in lines:
            cells = []
            for priority in PRIORITIES:
                row, name = known[line].get(priority), _name(line, priority)
                cells.append({"name": name, "priority": priority, "value": typed.get(name, row.length if row else ""), "error": errors.get(name, "")})
            hours = list(dict.fromkeys(row.calendar for row in known[line].values()))
            drawn.append((line[1], metrics[line[2]], cells, ", ".join(hours)))
        out.append((one, drawn))
    return out


def _seen(known):
    """What the page showed, as one field: {cell: length}; a form of hundreds of fields would be refused."""
    return json.dumps({_name(line, p): row.length for line, targets in known.items() for p, row in targets.items()})


def _save(known, typed, by):
    """Store every cell that was changed; {cell: what is wrong}. A cell that somebody else changed since is not overwritten."""
    try:
        seen = json.loads(typed.get("seen", ""))
        if not isinstance(seen, dict):
            raise TypeError
    except (ValueError, TypeError, RecursionError):
        return {"": _t("This page is incomplete. Open it again.")}
    errors = {}
    for line, targets in known.items():
        for priority in PRIORITIES:
            name, row = _name(line, priority), targets.get(priority)
            before = str(seen.get(name, ""))
            length = typed.get(name, before).strip()
            if length == before:
                continue
            try:
                if (row.length if row else "") != before:
                    raise Conflict(str(row or name))
                _store(line, priority, row, targets, length, by)
            except Conflict:
                errors[name] = _t("Somebody else changed this to %s in the meantime.") % (row.length if row else _t("nothing"))
            except ValidationError as problem:
                errors[name] = " ".join(problem.messages)
            except (Refused, ValueError) as problem:
                errors[name] = str(problem)
    return errors


def _store(line, priority, row, targets, length, by):
    """A version from now on, so that what was counted stays; an emptied cell takes its promise away for good."""
    if row and not length:
        for version in Target.objects.filter(set=line[0], kind=line[1], metric=line[2], priority=priority):
            write.remove(version, by)
        return
    like = row or min(targets.values(), key=lambda t: abs(t.priority - priority))  # a new one has the hours and pauses of its neighbour
    values = {n: getattr(like, n) for n in COPIED[Target]}
    write.save(Target(), by, **values | {"priority": priority, "length": length, "valid_from": now()})


@require_http_methods(["GET", "POST"])
@access("admin.settings")
def levels(request):
    """Everything that is promised, in one table to change in place; the clocks' settings and the hours below it."""
    known, errors, status, typed = _in_force(), {}, 200, {}
    if request.method == "POST":
        typed = request.POST
        with transaction.atomic():
            errors = _save(known, typed, request.actor)
            if errors:  # all or nothing: what is not wrong stays typed and is saved with the rest
                transaction.set_rollback(True)
        if not errors:
            return SeeOther("/admin/levels")
        status = 422
    calendars = rows.reached(rows.rows["calendars"], request.actor).order_by("label", "valid_from")
    return page(request, "web/levels.j2", status, section="admin", menu=rows.menu(request.actor), here="/admin/levels", sets=_lines(known, typed, errors),
                priorities=PRIORITIES, seen=typed.get("seen") or _seen(known), calendars=calendars, errors=errors)
