"""What is counted about incidents. Now: the work in hand. In a period: what came, what went, and how."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.clocks.read import spent
from praxis.abilities.measures.library import Measure, measure
from praxis.lib.conditions import Test, every

from .display import OPEN

SOLVED = Test("state", "is", ("resolved", "closed"))
NOW, CAME, WENT = _("Open now"), _("Reported in the period"), _("Solved in the period")


def _open(key, label, *tests, **more):
    return Measure(key=f"incident.{key}", label=label, kind="incident", group=NOW, condition=every(OPEN, *tests), **more)


def _came(key, label, *tests, **more):
    return Measure(key=f"incident.{key}", label=label, kind="incident", group=CAME, over="opened", condition=every(*tests), **more)


def _went(key, label, *tests, **more):
    return Measure(key=f"incident.{key}", label=label, kind="incident", group=WENT, over="resolved", condition=every(SOLVED, *tests), **more)


measure(
    _open("open", _("Open"), daily=True, better="down"),
    _open("unassigned", _("Without an owner"), Test("owner", "empty"), better="down"),
    _open("unplaced", _("Nobody free was found"), Test("unplaced", "is", ("yes",)), better="down"),
    _open("blocked", _("Waiting for other records"), Test("blocked", "is", ("yes",))),
    _open("new", _("Not started"), Test("state", "is", ("new",)), better="down"),
    _open("in_progress", _("In progress"), Test("state", "is", ("in_progress",))),
    _open("on_hold", _("On hold"), Test("state", "is", ("on_hold",))),
    _open("on_requester", _("Waiting for the requester"), Test("hold_reason", "is", ("caller",))),
    _open("on_supplier", _("Waiting for a supplier"), Test("hold_reason", "is", ("supplier",))),
    _open("on_change", _("Waiting for a change"), Test("hold_reason", "is", ("change",))),
    _open("over", _("Over target"), Test("due", "before", ("0m",)), better="down"),
    _open("due_soon", _("Due within two hours"), Test("due", "after", ("0m",)), Test("due", "before", ("2h",))),
    _open("due_today", _("Due within a day"), Test("due", "after", ("0m",)), Test("due", "before", ("24h",))),
    _open("critical", _("Priority 1"), Test("priority", "is", ("1",)), better="down"),
    _open("high", _("Priority 2"), Test("priority", "is", ("2",))),
    _open("week_old", _("Older than a week"), Test("opened", "before", ("-7d",)), better="down"),
    _open("month_old", _("Older than 30 days"), Test("opened", "before", ("-30d",)), better="down"),
    _open("quiet", _("Not touched for three days"), Test("updated", "before", ("-3d",)), better="down"),
    _open("came_back", _("Reopened and open"), Test("reopened", "gt", ("0",)), better="down"),
    _open("passed_round", _("Re-assigned three times or more"), Test("hops", "gt", ("2",)), better="down"),
    _open("missed", _("Resolution already missed"), Test("resolution", "is", ("missed",)), better="down"),
    _open("unanswered", _("Not answered yet"), Test("response", "is", ("running", "paused"))),
    _open("no_service", _("Without a service"), Test("service", "empty"), better="down"),
    _open("no_category", _("Without a category"), Test("category", "empty"), better="down"),
    _open("by_hand", _("Priority set by hand"), Test("priority_reason", "not_empty")),
    _open("mine", _("Mine"), Test("owner", "me")),
    _open("my_groups", _("Of my groups"), Test("team", "my_teams")),
    _came("opened", _("Reported"), daily=True),
    _came("by_phone", _("By phone"), Test("channel", "is", ("phone",))),
    _came("by_portal", _("In the portal"), Test("channel", "is", ("portal",)), better="up"),
    _came("by_mail", _("By e-mail"), Test("channel", "is", ("mail",))),
    _came("by_monitoring", _("By monitoring"), Test("channel", "is", ("monitoring",))),
    _came("opened_critical", _("Priority 1"), Test("priority", "is", ("1",)), better="down"),
    _came("opened_high", _("Priority 2"), Test("priority", "is", ("2",))),
    _came("withdrawn", _("Withdrawn"), Test("state", "is", ("cancelled",))),
    _came("answered_in_time", _("Answered in time"), Test("response", "is", ("met",)), of=every(Test("response", "is", ("met", "missed"))), better="up"),
    _came("answered_late", _("Answered late"), Test("response", "is", ("missed",)), better="down"),
    _went("resolved", _("Solved"), daily=True),
    _went("resolved_critical", _("Priority 1"), Test("priority", "is", ("1",))),
    _went("kept", _("Kept in time"), Test("resolution", "is", ("met",)), of=every(SOLVED, Test("resolution", "is", ("met", "missed"))), better="up",
          daily=True, about=_("Of the promises to resolve that ended in the period, those that were met.")),
    _went("late", _("Solved too late"), Test("resolution", "is", ("missed",)), better="down", daily=True),
    _went("first_group", _("Solved by the first group"), Test("hops", "is", ("0",)), Test("reopened", "is", ("0",)), of=every(SOLVED), better="up",
          daily=True, about=_("Without a re-assignment and without coming back.")),
    _went("reopened", _("Came back"), Test("reopened", "gt", ("0",)), of=every(SOLVED), better="down", daily=True),
    _went("hopped", _("Re-assigned"), Test("hops", "gt", ("0",)), of=every(SOLVED), better="down", daily=True),
    _went("hopped_once", _("Re-assigned once"), Test("hops", "is", ("1",))),
    _went("hopped_often", _("Re-assigned three times or more"), Test("hops", "gt", ("2",)), better="down"),
    _went("no_cause", _("Without a cause"), Test("cause", "empty"), better="down"),
    _went("time", _("Time to resolve"), amount=spent, better="down", daily=True,
          about=_("Working time that the clock of the promise counted, without waits.")),
)
