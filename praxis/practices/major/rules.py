"""When an incident is proposed as a major one, what it costs while it runs, and how fast each phase went; on values alone."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

CENT = Decimal("0.01")
ROLES = {"manager": "Incident manager", "technical": "Technical lead", "communications": "Communications", "business": "Business liaison", "scribe": "Scribe"}
FLOW = {"roles": list(ROLES), "minutes": {"1": 30, "2": 60}, "default_minutes": 60, "tasks": ""}
TRIGGERS = {"criticality": 1, "priority": 1, "children": 5, "within_minutes": 60}


def check_flow(flow):
    """ValueError unless this says which roles there are and how often something is told, by priority."""
    good = (set(flow) <= set(FLOW) and isinstance(flow.get("roles", []), list) and all(r in ROLES for r in flow.get("roles", []))
            and all(str(p) in "12345" and isinstance(m, int) and 5 <= m <= 1440 for p, m in dict(flow.get("minutes", {})).items()))
    if not good:
        raise ValueError(f"Write roles: {list(ROLES)}, minutes: {{1: 30, 2: 60}} by priority (5 to 1440), default_minutes and tasks.")


def check_triggers(value):
    """ValueError unless these are numbers; 0 switches one off."""
    if set(value) - set(TRIGGERS) or not all(isinstance(n, int) and 0 <= n <= 100_000 for n in value.values()):
        raise ValueError(f"Write whole numbers for {', '.join(TRIGGERS)}; 0 is never.")


def proposed(priority, criticality, children, triggers):
    """The reasons for which an incident is proposed as a major one, [] for none."""
    found = []
    if triggers.get("priority") and priority <= triggers["priority"]:
        found.append(("priority", priority))
    if triggers.get("criticality") and criticality and criticality <= triggers["criticality"] and priority <= 2:
        found.append(("criticality", criticality))
    if triggers.get("children") and children >= triggers["children"]:
        found.append(("children", children))
    return found


def every_minutes(flow, priority):
    return int(dict(flow.get("minutes", {})).get(str(priority)) or flow.get("default_minutes") or FLOW["default_minutes"])


@dataclass(frozen=True)
class Running:
    """Money so far and an hour; None is unknown, because a rate is not set or nobody said how many it hits."""

    staff: Decimal | None
    users: Decimal | None
    hourly: Decimal | None

    @property
    def total(self):
        known = [part for part in (self.staff, self.users) if part is not None]
        return sum(known) if known else None


def running(parts, people, began, until, staff_rate, user_rate):
    """What a major incident has cost: `parts` are (from, until or None) of everybody who had a role, `people` whom it hits."""
    def hours(spans):
        return sum(((min(b or until, until) - a) for a, b in spans if a < until), timedelta(0)) / timedelta(hours=1)

    staff = _money(hours(parts), staff_rate)
    users = _money(people * max(0.0, (until - began) / timedelta(hours=1)), user_rate) if people else None
    now_on = sum(b is None or b > until for _a, b in parts)
    hourly = [x for x in (_money(now_on, staff_rate), _money(people or 0, user_rate) if people else None) if x is not None]
    return Running(staff, users, sum(hourly) if hourly else None)


def _money(hours, rate):
    return (Decimal(str(round(hours, 6))) * Decimal(str(rate))).quantize(CENT) if rate else None


def phases(began, seen, engaged, mitigated, resolved):
    """[(name, timedelta or None)] from the beginning: to detect, acknowledge, engage, mitigate, resolve. What did not happen, or happened before, is unknown."""
    marks = [("acknowledge", began, seen), ("engage", seen, engaged), ("mitigate", engaged, mitigated), ("resolve", mitigated, resolved), ("all", began, resolved)]
    return [(name, b - a if a and b and b >= a else None) for name, a, b in marks]


def words_of(text):
    return len(text.split())
