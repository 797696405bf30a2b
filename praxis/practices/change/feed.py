"""The calendar for other calendars: an iCal feed under a secret of its own (CHG-09, T-B14)."""

from datetime import timedelta

from icalendar import Calendar, Event

from praxis.kernel.now import now

from .conflicts import ACTIVE
from .models import Change, Window

KIND = "change.ics"  # of the row that keeps the secret: such a secret opens no list
BACK, AHEAD, MOST = timedelta(days=60), timedelta(days=365), 2000
STATUS = {"cancelled": "CANCELLED", "new": "TENTATIVE", "assess": "TENTATIVE", "authorise": "TENTATIVE"}


def ical(actor, host):
    """The changes and freezes that the actor may see now, from sixty days back to a year ahead, as RFC 5545 bytes; `host` is where records are opened."""
    calendar = Calendar()
    calendar.add("prodid", "-//Praxis//Changes//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Changes")
    start, end = now() - BACK, now() + AHEAD
    rows = Change.objects.visible_to(actor, "change.see").filter(planned_end__gt=start, planned_start__lt=end).order_by("planned_start", "pk")[:MOST]
    for change in rows:
        event = Event()
        event.add("uid", f"{change.number}@praxis")
        event.add("dtstamp", change.updated_at)
        event.add("dtstart", change.planned_start)
        event.add("dtend", change.planned_end)
        event.add("summary", f"{change.number} {change.title}")
        event.add("description", f"{change.subtype_words()}, {change.get_risk_display()}. {change.scope}".strip())
        event.add("url", f"{host}/r/{change.number}")
        event.add("sequence", change.version)
        event.add("status", STATUS.get(change.state, "CONFIRMED"))
        event.add("transp", "OPAQUE" if change.state in ACTIVE else "TRANSPARENT")
        calendar.add_component(event)
    reach = actor.organisations("change.see")
    for window in Window.objects.filter(is_active=True, kind="freeze").order_by("pk"):
        if reach is not None and window.organisation_id not in (None, *reach):
            continue
        for a, b in window.stretch.between(start, end):
            event = Event()
            event.add("uid", f"freeze-{window.pk}-{a:%Y%m%dT%H%M}@praxis")
            event.add("dtstamp", now())
            event.add("dtstart", a)
            event.add("dtend", b)
            event.add("summary", window.label)
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return calendar.to_ical()
