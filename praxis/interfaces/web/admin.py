"""The administration beyond rows: settings, why somebody may see something, the log, tokens, health, the configuration's text."""

import shutil
from datetime import datetime, timedelta
from urllib.parse import quote

import yaml
from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from praxis import __version__
from praxis.kernel import lines
from praxis.kernel.errors import Refused
from praxis.kernel.kinds import registry
from praxis.kernel.models import Event, Job, Schedule, Setting
from praxis.kernel.now import now
from praxis.kernel.settings import declared
from praxis.lib.text import whole
from praxis.people import signin
from praxis.people.actors import actor_of
from praxis.people.models import Grant, Person, Token
from praxis.people.signin import make_link, revoke_token
from praxis.records import config, write
from praxis.records.models import Record
from praxis.screens import rows
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.draw import page
from praxis.screens.rows import as_text, plain

rows.extra += [
    ("platform", _("All settings"), "/admin/settings", "admin.settings"),
    ("organisation", _("Who may see what"), "/admin/why", "people.manage"),
    ("platform", _("Tokens"), "/admin/tokens", "people.manage"),
    ("platform", _("Jobs"), "/jobs", "admin.jobs"),
    ("platform", _("Change log"), "/admin/log", "admin.settings"),
    ("platform", _("Health"), "/admin/health", "admin.jobs"),
]


def draw(request, name, here, status=200, **context):
    return page(request, name, status, section="admin", menu=rows.menu(request.actor), here=here, **context)


@require_http_methods(["GET", "POST"])
@access("admin.settings")
def settings(request):
    """Every declared setting, found by its words; values are saved together, for everybody or for one's own organisation."""
    typed, errors, posted = request.GET.get("q", "").strip()[:80], {}, request.POST
    reach = request.actor.organisations("admin.settings")
    home = None if reach is None else request.actor.organisation if request.actor.organisation in reach else min(reach)
    if request.method == "POST":
        errors = _save_settings(posted, home, request.actor)
        if not errors:
            return SeeOther(f"/admin/settings?q={quote(typed)}")
    words = typed.casefold().split()
    found = [s for s in sorted(declared.values(), key=lambda s: s.key) if all(w in f"{s.key} {s.label}".casefold() for w in words)]
    stored = _stored(home)
    items = [{"one": s, "value": posted.get(s.key, _shown(s, stored)), "was": posted.get(f"was-{s.key}", _shown(s, stored)), "changed": s.key in stored,
              "lines": s.type is dict, "switch": s.type is bool, "error": errors.get(s.key, "")} for s in found]
    return draw(request, "admin/settings.j2", "/admin/settings", 422 if errors else 200, items=items, find=typed, everybody=home is None)


def _stored(home):
    """{key: value} of what differs from the defaults, read anew: another process may have changed it a moment ago."""
    found = Setting.objects.filter(Q(organisation=None) | Q(organisation=home))
    return {r.key: r.value for r in sorted(found, key=lambda r: r.organisation is not None)}


def _shown(one, stored):
    """The value in force as its field shows it."""
    value = stored.get(one.key, one.default)
    return as_text(value) if one.type is dict else str(value).lower() if one.type is bool else str(value)


def _save_settings(posted, home, by):
    """Store each setting whose field differs from what the page showed, all or none; {key: what is wrong}."""
    keys = {k for k in posted if k not in ("csrfmiddlewaretoken", "reset") and not k.startswith("was-")} | set(posted.getlist("reset"))
    if unknown := keys - set(declared):
        raise Http404(", ".join(sorted(unknown)))
    errors, stored = {}, _stored(home)
    with transaction.atomic():
        for key in sorted(keys):
            one, typed = declared[key], posted.get(key, "").replace("\r\n", "\n")
            was = posted.get(f"was-{key}", "").replace("\r\n", "\n")
            if key not in posted.getlist("reset") and typed == was:
                continue
            try:
                if was and was.strip() != _shown(one, stored).strip():
                    raise Refused(_t("%s: somebody else changed this in the meantime. Open the page again to see what it says now.") % one.label)
                _save_setting(one, typed, home, by, key in posted.getlist("reset"))
            except (ValidationError, ValueError, Refused) as problem:
                errors[key] = " ".join(getattr(problem, "messages", [str(problem)]))
        if errors:
            transaction.set_rollback(True)
    return errors


def _save_setting(one, typed, home, by, reset):
    row = Setting.objects.filter(key=one.key, organisation=home).first()
    if reset:
        if row:
            write.remove(row, by, needs=one.needs)
        return
    try:
        value = plain(lines.read(typed)) if one.type is dict else typed == "true" if one.type is bool else typed
    except yaml.YAMLError:
        raise ValidationError(_t("%s: this cannot be read. Write a line for each entry, such as key: value.") % one.label) from None
    write.save(row or Setting(), by, needs=one.needs, key=one.key, organisation=home, value=one.check(value))


@require_GET
@access("people.manage")
def why(request):
    """Why a person can or cannot do something with a record: each grant of the permission, and whether it reaches it."""
    person = rows.reached(rows.rows["people"], request.actor).filter(pk=whole(request.GET.get("person", ""))).first()
    number = request.GET.get("number", "").strip().upper()[:20]
    kind = registry.by_number(number) if number else None
    record = Record.objects.filter(number=number).first() if kind else None
    if record is not None and not (request.actor.reaches(record.organisation_id, "people.manage") and request.actor.may(f"{record.kind}.see", record)):
        record = None
    found, held = [], []
    if person:
        theirs = actor_of(Person.objects.select_related("organisation").get(pk=person.pk))
        held = sorted((str(p.label), p.key, ", ".join(s for s, _o in theirs.grants[p.key])) for p in registry.permissions.values() if theirs.has(p.key))
        if record is not None:
            found = [(p, theirs.may(p.key, record), _reasons(person, theirs, p.key, record)) for p in kind.permissions]
    people = rows.reached(rows.rows["people"], request.actor).order_by("name")[:500]
    return draw(request, "admin/why.j2", "/admin/why", person=person, number=number, record=record, found=found, held=held, people=people)


def _reasons(person, theirs, permission, record):
    """Sentences, one a grant that holds the permission: what its scope asks and whether the record has it."""
    if not person.is_active:
        return [_t("This person is not active, so nothing is permitted.")]
    out = []
    for grant in Grant.objects.filter(person=person).select_related("role", "organisation"):
        scope = grant.role.permissions.get(permission)
        if not scope:
            continue
        alone = type(theirs)(theirs.id, theirs.name, theirs.organisation, {permission: ((scope, grant.organisation_id),)}, theirs.teams)
        where = grant.organisation.name if grant.organisation_id else _t("every organisation")
        words = {"role": grant.role.label, "scope": scope, "where": where}
        reaches = _t("%(role)s holds it with the scope %(scope)s in %(where)s, which reaches this record.") % words
        not_so = _t("%(role)s holds it with the scope %(scope)s in %(where)s, which does not reach this record.") % words
        out.append(reaches if alone.may(permission, record) else not_so)
    return out or [_t("No role of this person holds it.")]


@require_GET
@access("admin.settings")
def log(request):
    """The event log of the organisations in reach, newest first, searched by person, name of the event, number and day."""
    reach, found = request.actor.organisations("admin.settings"), Event.objects.order_by("-id")
    if reach is not None:
        found = found.filter(organisation__in=reach)
    asked = {k: request.GET.get(k, "").strip()[:80] for k in ("who", "name", "number", "day", "rows")}
    if asked["who"]:
        found = found.filter(actor_name__icontains=asked["who"])
    if asked["name"]:
        found = found.filter(name__startswith=asked["name"])
    if asked["rows"]:
        found = found.filter(subject=None)
    if asked["number"]:
        found = found.filter(subject__in=Record.objects.filter(number=asked["number"].upper()).values("pk"))
    if asked["day"]:
        try:
            start = timezone.make_aware(datetime.strptime(asked["day"], "%Y-%m-%d"))
            found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
        except ValueError:
            found = found.none()
    if before := whole(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    events = list(found[:51])
    records = Record.objects.in_bulk({e.subject for e in events if e.subject})
    lines = [(e, records.get(e.subject) if e.subject in records and request.actor.may(f"{e.kind}.see", records[e.subject]) else None) for e in events[:50]]
    return draw(request, "admin/log.j2", "/admin/log", asked=asked, lines=lines, older=events[49].pk if len(events) > 50 else None)


@require_http_methods(["GET", "POST"])
@access("people.manage")
def tokens(request):
    """Every live token with its owner and last use; nobody can read one, an administrator can end one."""
    reach = request.actor.organisations("people.manage")
    found = Token.objects.filter(revoked_at=None).select_related("person")
    found = found if reach is None else found.filter(person__organisation__in=reach)
    if request.method == "POST":
        row = found.filter(pk=whole(request.POST.get("id", ""))).first()
        if row is None:
            raise Http404
        revoke_token(row.person, row.pk)
        return SeeOther("/admin/tokens")
    return draw(request, "admin/tokens.j2", "/admin/tokens", tokens=found.order_by("-made_at")[:200])


def _within(request, pk):
    """(the person, a refusal or None): whose rights are not wider than the administrator's own reach."""
    person = rows.reached(rows.rows["people"], request.actor).filter(pk=pk, is_active=True).first()
    if person is None:
        raise Http404
    reach = request.actor.organisations("people.manage")
    wider = reach is not None and Grant.objects.filter(Q(organisation=None) | ~Q(organisation__in=reach), person=person).exists()
    return person, page(request, "note_page.j2", 403, title=person.name, back=f"/admin/people/{pk}", section="admin",
                        text=_t("This person has rights in organisations that are not yours. Ask an administrator of all organisations.")) if wider else None


@require_POST
@access("people.manage")
def view_as(request, pk):
    """See every page as this person does, without being able to change anything; the log tells of it."""
    person, refusal = _within(request, pk)
    if refusal:
        return refusal
    signin.note_view(request.actor, person)
    request.session["as"] = person.pk
    return SeeOther("/")


@require_POST
@access("people.manage")
def sign_in_link(request, pk):
    """A one-time link for a person whose rights are not wider than the administrator's own reach."""
    person, refusal = _within(request, pk)
    if refusal:
        return refusal
    address = request.build_absolute_uri(f"/in/{make_link(person)}")
    return draw(request, "admin/link.j2", "/admin/people", person=person, address=address)


def health_of():
    """[(what, words, tone)] of the parts that must work; asks each of them."""
    at, out = now(), []
    ready = Job.objects.filter(state="ready", run_after__lte=at - timedelta(minutes=10)).count()
    dead = Job.objects.filter(state="dead").count()
    seen = Job.objects.exclude(finished_at=None).order_by("-finished_at").values_list("finished_at", flat=True).first()
    late = Schedule.objects.filter(next_at__lt=at - timedelta(minutes=10)).count()
    out.append((_t("Worker"), _t("no job has run yet: start praxis work") if seen is None else _t("last job %s") % f"{seen:%Y-%m-%d %H:%M} UTC",
                "red" if seen is None or late else "green"))
    out.append((_t("Jobs that wait for more than ten minutes"), str(ready), "amber" if ready else "green"))
    out.append((_t("Jobs that failed for good"), str(dead), "red" if dead else "green"))
    free = shutil.disk_usage(site.PRAXIS_HOME).free / 2**30
    out.append((_t("Free disk"), _t("%.1f GB") % free, "red" if free < 1 else "amber" if free < 5 else "green"))
    out.append((_t("Database"), connection.vendor, "green"))
    last = site.PRAXIS_HOME / "last-backup"
    made = datetime.fromisoformat(last.read_text().strip()) if last.exists() else None
    old = made is None or timezone.now() - made > timedelta(days=2)
    out.append((_t("Last backup"), f"{made:%Y-%m-%d %H:%M} UTC" if made else _t("unknown: none was made on this machine"), "amber" if old else "green"))
    out.append((_t("Version"), __version__, "green"))
    return out


@require_GET
@access("admin.jobs")
def health(request):
    return draw(request, "admin/health.j2", "/admin/health", parts=health_of())


@require_GET
@access("admin.settings")
def export(request):
    """The configuration as text, as `praxis config export` writes it; for administrators of all organisations."""
    if request.actor.organisations("admin.settings") is not None:
        return page(request, "note_page.j2", 403, title=_t("Export"), back="/admin", section="admin",
                    text=_t("The configuration is shared by all organisations. An administrator of all of them can export it."))
    answer = HttpResponse(config.export(), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="praxis-config.yaml"'
    return answer


