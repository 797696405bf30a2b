"""What becomes of each alert: bound to its item, kept quiet while work is agreed there, gathered into one incident a trouble, solved when all is over (EVT-02, EVT-03, IM8)."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _t

from praxis.abilities.alerts import store
from praxis.abilities.alerts.models import Alert
from praxis.estate.cmdb import impact
from praxis.estate.cmdb.models import Item
from praxis.estate.cmdb.quiet import quiet
from praxis.kernel.actors import system
from praxis.kernel.errors import Refused
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.kernel.settings import Setting
from praxis.people.models import Organisation
from praxis.records import write
from praxis.records.fields import ours
from praxis.records.models import Record

from . import rules
from .models import EventRule

TOGETHER, NEAR, MOST = timedelta(minutes=30), 3, 500
LEAST = Setting("event.least", str, "major", "Severity from which an alert becomes an incident where no rule fits", valid=rules.check_severity)
SOLVE = Setting("event.resolve", bool, True, "An incident of monitoring that nobody took is solved when all its alerts are over")


def weigh(organisation):
    """Decide on every alert of an organisation that is not decided on; returns how many. One at a time for each organisation, so that a trouble makes one incident."""
    done = 0
    while True:
        with write.writing():
            Organisation.objects.select_for_update().get(pk=organisation)
            rows = store.unweighed(organisation)
            if rows:
                done += _some(organisation, rows)
        if len(rows) < MOST:
            return done


def _some(organisation, rows):
    known = list(ours(EventRule.objects.filter(is_active=True), system("Praxis", organisation), Home(organisation)).order_by("position", "pk"))
    _bind(organisation, [a for a in rows if a.item_id is None])
    silent = quiet({a.item_id for a in rows if a.item_id} | _below(rows), now())
    me = system("Monitoring", organisation)
    for alert in rows:
        try:
            with write.writing():  # one that cannot be decided on holds up nobody else
                _over(alert, me) if alert.state == "resolved" else _open(alert, known, silent, me)
        except (Refused, ValidationError) as problem:
            store.decided(alert, _t("no incident could be made: %s") % " ".join(getattr(problem, "messages", [str(problem)])))
    return len(rows)


class Home:
    """What `ours` asks of a record: its organisation."""

    def __init__(self, organisation):
        self.organisation_id = organisation


def _bind(organisation, rows):
    """The item that an alert is about, by its host name or its name; what two items have is nobody's."""
    hosts = {a.host.casefold() for a in rows if a.host}
    if not hosts:
        return
    named = {}
    wanted = Q()
    for host in sorted(hosts)[:MOST]:
        wanted |= Q(hostname__iexact=host) | Q(title__iexact=host) | Q(hostname__istartswith=f"{host}.")
    for item in Item.objects.filter(wanted, organisation=organisation).exclude(phase="final").only("pk", "title", "hostname"):
        for name in {item.title.casefold(), item.hostname.casefold(), item.hostname.casefold().partition(".")[0]} - {""}:
            named.setdefault(name, set()).add(item.pk)
    for alert in rows:
        found = named.get(alert.host.casefold(), set())
        if len(found) == 1:
            alert.item_id = next(iter(found))
            store.bound(alert)


def _below(rows):
    """What the items of these alerts depend on directly: work there explains an alert as well."""
    items = {a.item_id for a in rows if a.item_id}
    return set(impact.below(items, 1)) if items else set()


def _rule(alert, known):
    facts = {n: getattr(alert, n) for n in rules.FIELDS}
    return next((r for r in known if rules.fits(r.match, facts, alert.labels)), None)


def _open(alert, known, silent, me):
    rule = _rule(alert, known)
    severity = rule.severity if rule and rule.severity else alert.severity
    if words := _silenced(alert, silent):
        return store.decided(alert, words, state="suppressed")
    if rule and rule.action == "drop":
        return store.decided(alert, _t("suppressed by the rule “%s”") % rule, state="suppressed")
    if rule and rule.action == "log" or not rule and not rules.at_least(severity, LEAST(alert.organisation_id)):
        return store.decided(alert, _t("kept by the rule “%s”") % rule if rule else _t("kept: below %s") % LEAST(alert.organisation_id), state="open")
    incident = _incident_of(alert)
    if incident is None:
        before = alert.incident_id
        incident = _make(alert, rule, severity, me)
        if before:
            write.link(incident, Record.objects.get(pk=before), "follow_up", me, needs="see")
        return store.decided(alert, _t("%s opened") % incident.number, incident=incident.record_ptr, state="open")
    again = incident.state == "resolved"  # what flaps is opened once more, and then not solved again before it is quiet
    if again:
        write.move(incident, me, "reopen")
    if alert.incident_id != incident.pk or again:
        write.note(incident, me, needs="incident.see", event="incident.alerted", data={"words": _line(alert)})
    words = _t("flaps, %s stays open") if store.flapping(alert) else _t("joined %s") if alert.incident_id != incident.pk else _t("%s goes on")
    return store.decided(alert, words % incident.number, incident=incident.record_ptr, state="open")


def _silenced(alert, silent):
    found = silent.get(alert.item_id) or next((silent[i] for i in impact.below([alert.item_id], 1) if i in silent), None) if alert.item_id and silent else None
    return _t("suppressed: %s") % found if found else ""


def _line(alert):
    return f"{alert.get_severity_display()}: {alert.title}" + (f" ({alert.host})" if alert.host else "")


def _incident_of(alert):
    """The incident that this alert belongs to: its own while that is not closed, else one that others of the same trouble opened lately."""
    model = registry["incident"].model
    own = model.objects.filter(pk=alert.incident_id).exclude(phase="final").first() if alert.incident_id else None
    if own is not None:
        return own
    near = set(impact.around([alert.item_id], NEAR)) if alert.item_id else set()
    same = Q(item__in=near) if near else Q()
    if alert.host:
        same |= Q(host__iexact=alert.host)
    if not near and not alert.host and alert.service:
        same |= Q(service__iexact=alert.service, host="")
    if not same:
        return None
    rows = Alert.objects.filter(same, organisation=alert.organisation_id, incident__isnull=False, incident__is_open=True, last_at__gte=alert.last_at - TOGETHER).exclude(pk=alert.pk)
    pk = rows.order_by("first_at", "pk").values_list("incident", flat=True).first()
    return model.objects.open().filter(pk=pk).first() if pk else None


def _make(alert, rule, severity, me):
    item = Item.objects.filter(pk=alert.item_id).first() if alert.item_id else None
    impact_, urgency = rules.GRAVE[severity]
    team = rule.team_id if rule and rule.team_id else item.team_id if item else None
    service = _service(item, alert.organisation_id)
    return write.open_record(
        registry["incident"], me, title=alert.title.strip()[:200] or _t("Alert without a title"), description=f"{_line(alert)}\n\n{alert.text}".strip(), channel="monitoring", organisation=alert.organisation_id,
        impact=rule.impact if rule and rule.impact else impact_, urgency=rule.urgency if rule and rule.urgency else urgency,
        **{k: v for k, v in (("item", item), ("team", team), ("service", service)) if v})


def _service(item, organisation):
    """The one live service of the organisation that the item's failure reaches; none where there are several, because nobody can say which is hit."""
    if item is None:
        return None
    found = list(Record.objects.filter(pk__in=impact.reached([item.pk], 4), kind="service", phase="standing", organisation=organisation)[:2])
    return found[0] if len(found) == 1 else None


def _over(alert, me):
    incident = registry["incident"].model.objects.filter(pk=alert.incident_id).first() if alert.incident_id else None
    if incident is None or incident.phase == "final":
        return store.decided(alert, alert.outcome or _t("over, nothing was open"))
    left = Alert.objects.filter(incident=incident.pk).exclude(state="resolved").count()
    if left:
        return store.decided(alert, _t("over; %(n)s more of %(number)s") % {"n": left, "number": incident.number})
    if store.flapping(alert):
        write.note(incident, me, needs="incident.see", event="incident.cleared", data={"words": _t("%s, but it flaps: left open") % alert.title})
        return store.decided(alert, _t("over, but it flaps: %s stays open") % incident.number)
    if not incident.is_open:
        return store.decided(alert, _t("over"))
    write.note(incident, me, needs="incident.see", event="incident.cleared", data={"words": alert.title, "tell": [incident.owner_id] if incident.owner_id else []})
    if incident.owner_id or not SOLVE(incident.organisation_id):
        return store.decided(alert, _t("over; %s is in somebody's hands") % incident.number)
    try:
        write.move(incident, me, "resolve", close_code="cleared", solution=_t("Monitoring tells that it is over."))
    except Refused as problem:
        return store.decided(alert, _t("over; %(number)s: %(why)s") % {"number": incident.number, "why": problem})
    return store.decided(alert, _t("over, %s resolved") % incident.number)
