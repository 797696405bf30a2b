"""Facts of an imported log, from records and events alone: to be held against the same facts of the file."""

import json
from collections import Counter
from statistics import mean, median
from zoneinfo import ZoneInfo

from praxis.kernel.models import Event
from praxis.people.models import Organisation
from praxis.practices.incident.models import Incident

from .servicenow import CHANNELS, LEVELS, PRIORITIES, STATES

_STATE = {v: k for k, v in STATES.items()}
_LEVEL = {v: k for k, v in LEVELS.items()}
_PRIORITY = {v: k for k, v in PRIORITIES.items()}
_CHANNEL = {v: k for k, v in reversed(CHANNELS.items())}
CUSTOM = ("cmdb_ci", "opened_by", "resolved_by")


def write(organisation, path):
    with open(path, "w") as file:
        json.dump(facts(organisation), file, indent=1)


def facts(key):
    """The dictionary of facts for the organisation of this key."""
    home = Organisation.objects.get(key=key)
    incidents = list(Incident.objects.filter(organisation=home).select_related("organisation"))
    mine = {i.pk for i in incidents}
    out = _final(incidents, home)
    triples, moves, distinct, last, events, final = Counter(), Counter(), {}, {}, 0, {}
    for subject, changes in Event.objects.filter(kind="incident", organisation=home.pk).order_by("id").values_list("subject", "changes").iterator():
        if subject not in mine:
            continue
        events += 1
        now = last.setdefault(subject, {})
        before = _state(now) if now else None
        now.update({field: change[1] for field, change in changes.items()})
        for field, change in changes.items():
            if change[1] not in (None, ""):
                distinct.setdefault(field, set()).add(change[3] if field == "category" else change[1])
        triples[f"{_LEVEL[now['impact']]}|{_LEVEL[now['urgency']]}|{_PRIORITY[now['priority']]}"] += 1
        count = now.get("custom.sys_mod_count") or 0
        if count > final.get(subject, (-1,))[0]:
            final[subject] = (count, _state(now))  # the log's own end: the first event that carries the highest count
        if before and before != _state(now):
            moves[f"{before} -> {_state(now)}"] += 1
    paths = [p.split(", ") for p in distinct.get("category", ())]
    out |= {
        "final_state": dict(Counter(state for _count, state in final.values())),
        "events": events,
        "distinct_caller_id": len(distinct.get("requester", ())), "distinct_assignment_group": len(distinct.get("team", ())),
        "distinct_assigned_to": len(distinct.get("owner", ())), "distinct_location": len(distinct.get("site", ())),
        "distinct_category": len({p[0] for p in paths} - {"Unknown"}), "distinct_subcategory": len({p[1] for p in paths if len(p) > 1}),
        "distinct_u_symptom": len(distinct.get("symptom", ())),
        **{f"distinct_{name}": len(distinct.get(f"custom.{name}", ())) for name in CUSTOM},
        "impact_urgency_priority_events": dict(sorted(triples.items())),
        "state_transitions": dict(moves.most_common()),
    }
    return out


def _state(values):
    return _STATE[values["state"], values.get("hold_reason") or ""]


def _final(incidents, home):
    zone = ZoneInfo(home.zone)
    made = Counter(str(bool(i.custom.get("made_sla"))).lower() for i in incidents)
    hours = [(i.resolved_at - i.opened_at).total_seconds() / 3600 for i in incidents if i.resolved_at]
    closed = [(i.closed_at - i.opened_at).total_seconds() / 3600 for i in incidents if i.closed_at]
    breached = Counter(_PRIORITY[i.priority] for i in incidents if not i.custom.get("made_sla"))
    priorities = Counter(_PRIORITY[i.priority] for i in incidents)
    named = {n: [i.custom[n] for i in incidents if i.custom.get(n)] for n in ("problem_id", "rfc", "caused_by")}
    return {
        "incidents": len(incidents),
        "priority_final": dict(priorities), "made_sla_final": dict(made),
        "contact_type": dict(Counter(_CHANNEL[i.channel] for i in incidents)),
        "opened_by_month": dict(sorted(Counter(f"{i.opened_at.astimezone(zone):%Y-%m}" for i in incidents).items())),
        "reopened_incidents": sum(i.reopened > 0 for i in incidents), "reassigned_incidents": sum(i.hops > 0 for i in incidents),
        "mean_reassignments": round(mean(i.hops for i in incidents), 4) if incidents else 0,
        "resolved_known": len(hours),
        "resolve_hours_median": round(median(hours), 3) if hours else None, "resolve_hours_mean": round(mean(hours), 3) if hours else None,
        "close_hours_median": round(median(closed), 3) if closed else None,
        "incidents_with_problem": len(named["problem_id"]), "distinct_problems": len(set(named["problem_id"])),
        "incidents_with_rfc": len(named["rfc"]), "distinct_rfc": len(set(named["rfc"])), "caused_by_change": len(named["caused_by"]),
        "sla_breach_pct_by_priority": {p: round(100 * breached[p] / n, 2) for p, n in priorities.items()},
    }
