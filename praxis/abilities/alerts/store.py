"""Taking signals in: repeated ones are counted by one statement, only what is new or has turned is weighed."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from praxis.kernel.now import now
from praxis.records import write

from .models import Alert

LATELY, FLAPS = timedelta(minutes=30), 4  # so many turns within this time are flapping


@dataclass(frozen=True)
class Taken:
    new: int = 0
    repeated: int = 0
    over: int = 0
    again: int = 0
    unknown: int = 0  # over without ever having been told of

    @property
    def changed(self):
        return self.new + self.over + self.again


@write.writing()
def take(organisation, source, signals):
    """Store the signals of one message for an organisation (its id); returns what they were. Safe to repeat: a repeated one only counts."""
    at, last = now(), {s.key: s for s in signals}  # of one message the last word on a trouble counts
    times = Counter(s.key for s in signals if s.firing)
    known = {a.key: a for a in Alert.objects.filter(organisation=organisation, key__in=last).only("key", "state", "severity", "turns", "turned_at")}
    repeats, found = Counter(), Counter()
    fresh = []
    for key, signal in last.items():
        row = known.get(key)
        if row is None:
            if signal.firing:
                fresh.append(_made(organisation, source, signal, times[key], at))
            else:
                found["unknown"] += 1
        elif signal.firing and row.state != "resolved" and row.severity == signal.severity:
            repeats[times[key]] += 1
            found["repeated"] += times[key]
        elif signal.firing:
            found["again" if row.state == "resolved" else "repeated"] += 1
            _turned(row, signal, at)
        elif row.state != "resolved":
            found["over"] += 1
            Alert.objects.filter(pk=row.pk).update(state="resolved", over_at=signal.at, last_at=at, weighed=False)
    for n in repeats:
        keys = [k for k, s in last.items() if s.firing and times[k] == n and k in known and known[k].state != "resolved" and known[k].severity == s.severity]
        Alert.objects.filter(organisation=organisation, key__in=keys).update(count=F("count") + n, last_at=at)
    if fresh:
        Alert.objects.bulk_create(fresh, ignore_conflicts=True)  # of two that tell of it first at once, one row stays
        found["new"] += len(fresh)
    return Taken(**{n: found[n] for n in ("new", "repeated", "over", "again", "unknown")})


def _made(organisation, source, s, times, at):
    return Alert(organisation_id=organisation, source=source, key=s.key, title=s.title, severity=s.severity, host=s.host[:200], service=s.service[:200], text=s.text, labels=s.labels,
                 count=max(1, times), first_at=s.at, last_at=at)


def _turned(row, s, at):
    """It came back, or is graver than before: to be weighed again; how often it came back lately is counted."""
    lately = row.turned_at is not None and at - row.turned_at < LATELY
    back = row.state == "resolved"
    Alert.objects.filter(pk=row.pk).update(
        state="open" if back else row.state, severity=s.severity, title=s.title, text=s.text, count=F("count") + 1, last_at=at, over_at=None, weighed=False,
        turns=(row.turns if lately else 0) + back, turned_at=row.turned_at if lately else at)


def flapping(alert):
    return alert.turns >= FLAPS and alert.turned_at is not None and now() - alert.turned_at < LATELY


def unweighed(organisation, most=500):
    """The alerts of an organisation of which nobody decided yet what becomes of them, the oldest first."""
    rows = list(Alert.objects.filter(organisation=organisation, weighed=False).order_by("first_at", "pk")[:most])
    for row in rows:
        row.read_as = {"state": row.state, "severity": row.severity, "turns": row.turns}
    return rows


def decided(alert, outcome, **values):
    """Note what became of an alert. What was told of it since it was read is not overwritten: then it is weighed once more."""
    if alert.state == "acknowledged" and values.get("state") == "open":
        values.pop("state")  # somebody looks at it already
    for name, value in values.items():
        setattr(alert, name, value)
    alert.weighed, alert.outcome = True, outcome[:200]
    rows = Alert.objects.filter(pk=alert.pk)
    if not rows.filter(**alert.read_as).update(weighed=True, outcome=alert.outcome, **values):
        rows.update(outcome=alert.outcome, **{name: value for name, value in values.items() if name != "state"})


def acknowledge(alert, words):
    """Somebody looks at it; whether an incident is made of it is decided all the same."""
    Alert.objects.filter(pk=alert.pk, state="open").update(state="acknowledged", outcome=words[:200])


def look_again(rows):
    """Let these alerts be weighed anew; returns how many."""
    return rows.update(weighed=False)


def bound(alert):
    """Keep which item the alert is about."""
    Alert.objects.filter(pk=alert.pk).update(item=alert.item_id)
