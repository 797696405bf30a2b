"""Declaring, leading, telling, ending and reviewing a major incident; verbs that this practice puts on incidents."""

from datetime import timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.announcements.models import Announcement
from praxis.abilities.tasks.models import TaskTemplate
from praxis.kernel.actors import Actor, system
from praxis.kernel.errors import NotPossible, Refused
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.people.models import Membership, Person
from praxis.records import write
from praxis.records.models import Link, Record

from . import read, rules
from .models import FLOW, Line, Major, Part, Told

MOST = 500
offer = registry.offer


def _states(record):
    """In which states there are majors of it; asked once for a copy of a record and its version, since every verb of the room wants to know."""
    known = record.__dict__.get("_majors")
    if known is None or known[0] != record.version:
        known = record.__dict__["_majors"] = (record.version, set(Major.objects.filter(incident=record.pk).values_list("state", flat=True)))
    return known[1]


def _not_yet(record):
    return record.is_open and "declared" not in _states(record)


def _runs(record):
    return "declared" in _states(record)


def _ended(record):
    return "stood_down" in _states(record)


def _running(record):
    found = read.running(record)
    if found is None:
        raise NotPossible(_t("%s is no major incident now.") % record.number)
    return found


def log(major, sort, text, by, record, event="major.logged", at=None, **data):
    """One line of the room, and its event on the incident."""
    row = write.save(Line(major=major), by, needs="major.work", sort=sort, text=text, person_id=by.id, who=by.name, at=at or now())
    write.note(record, by, needs="incident.see", event=event, data={"words": text[:300], "sort": sort, **data})
    record.__dict__.pop("_majors", None)
    return row


# -- beginning


@offer("incident", label=_("Declare major"), needs="major.declare", icon="siren", tone="red", when=_not_yet)
def declare_major(record: Record, by: Actor, why: Annotated[str, Ask(_("What makes it major"), lines=2)], title: Annotated[str, Ask(_("What everybody may read"), hint=_("Plain words; used in announcements and on the status page"))] = "",
                  people: Annotated[int, Ask(_("How many people it hits, if you know"))] = None):
    """Open the room: whoever declares leads until somebody takes over; the first update is promised."""
    at, flow = now(), FLOW(record.organisation_id)
    minutes = rules.every_minutes(flow, record.priority)
    major = Major.objects.filter(incident=record.pk, state="proposed").first() or Major(incident=record.record_ptr if hasattr(record, "record_ptr") else record, organisation_id=record.organisation_id)
    write.save(major, by, needs="major.declare", state="declared", why=why.strip()[:300], at=at, stage="declared", stages={"declared": at.isoformat()}, title=title.strip()[:120], people=people, every=minutes,
               next_at=at + timedelta(minutes=min(15, minutes)))
    if by.id:
        write.save(Part(major=major), by, needs="major.declare", role="manager", person_id=by.id, since=at)
    log(major, "declared", _t("Major incident declared from %(number)s. %(why)s") % {"number": record.number, "why": why.strip()}, by, record, "major.declared", at, tell=_leads(record, by))
    template = TaskTemplate.objects.filter(key=flow.get("tasks") or "", organisation=None).first()
    if template and "add_tasks" in record.type.verbs and by.has("task.open"):
        write.act(record, by, "add_tasks", template=template.pk)
    return record


def _leads(record, by):
    """Who hears of it at once: the service's owner and the leads of its group."""
    people = set(Membership.objects.filter(team=record.team_id, leads=True, person__is_active=True).values_list("person", flat=True)) if record.team_id else set()
    return sorted((people | {record.service.owner_id if record.service_id else None}) - {None, by.id})


@offer("incident", label=_("Not a major incident"), needs="major.declare", icon="x", quiet=True, when=lambda r: "proposed" in _states(r))
def reject_major(record: Record, by: Actor, why: Annotated[str, Ask(_("Reason"), lines=2)]):
    """Turn the proposal down, with its reason; the same signs do not propose it again."""
    found = Major.objects.filter(incident=record.pk, state="proposed").first()
    if found is None:
        raise NotPossible(_t("It is not proposed."))
    write.save(found, by, needs="major.declare", state="rejected", why=why.strip()[:300])
    write.note(record, by, needs="incident.see", event="major.rejected", data={"words": why.strip()[:300]})
    record.__dict__.pop("_majors", None)
    return record


# -- in the room


@offer("incident", label=_("Log in the room"), needs="major.work", icon="pencil", quiet=True, when=_runs)
def major_log(record: Record, by: Actor, text: Annotated[str, Ask(_("What happened"), lines=2)], sort: Annotated[str, Ask(_("Sort"), options=lambda r, a: Line.SORTS[:4])] = "fact"):
    """A fact, a finding, a decision or an action; the time is set."""
    if sort not in dict(Line.SORTS[:4]):
        raise ValidationError({"sort": _t("Choose one of the list.")})
    log(_running(record), sort, text.strip()[:4000], by, record)
    return record


@offer("incident", label=_("Give a role"), needs="major.work", icon="user-plus", quiet=True, when=_runs)
def major_role(record: Record, by: Actor, role: Annotated[str, Ask(_("Role"), options=lambda r, a: [(k, rules.ROLES[k]) for k in read.roles_of(r.organisation_id)])],
               person: Annotated[int, Ask(_("Who"), kind="person")], note: Annotated[str, Ask(_("What is handed over"), lines=2)] = ""):
    """One person a role at a time; who had it before is kept, with the time of the hand-over."""
    major = _running(record)
    if role not in read.roles_of(record.organisation_id):
        raise ValidationError({"role": _t("Choose one of the list.")})
    who = person if isinstance(person, Person) else Person.objects.filter(pk=person, is_active=True).first()
    if who is None or not by.reaches(who.organisation_id):
        raise ValidationError({"person": _t("Choose one of the list: this one does not exist or is not yours to use.")})
    at, before = now(), Part.objects.filter(major=major.pk, role=role, until=None).select_related("person").first()
    if before and before.person_id == who.pk:
        return record
    if before:
        write.save(before, by, needs="major.work", until=at)
    write.save(Part(major=major), by, needs="major.work", role=role, person=who, since=at, note=note.strip()[:300])
    words = _t("%(role)s: %(new)s, until now %(old)s") % {"role": rules.ROLES[role], "new": who, "old": before.person} if before else f"{rules.ROLES[role]}: {who}"
    log(major, "role", f"{words}. {note.strip()}".strip(), by, record, "major.role", at, tell=[who.pk] if who.pk != by.id else [])
    return record


@offer("incident", label=_("Say where it stands"), needs="major.work", icon="flag", quiet=True, when=_runs)
def major_stage(record: Record, by: Actor, stage: Annotated[str, Ask(_("Stage"), options=lambda r, a: Major.STAGES[:4])]):
    """Identified, mitigating, monitoring: the time of each is kept for the review."""
    major = _running(record)
    if stage not in dict(Major.STAGES[:4]):
        raise ValidationError({"stage": _t("Choose one of the list.")})
    if stage == major.stage:
        return record
    at = now()
    write.save(major, by, needs="major.work", stage=stage, stages={**major.stages, stage: major.stages.get(stage) or at.isoformat()})
    log(major, "stage", str(dict(Major.STAGES)[stage]), by, record, "major.staged", at)
    return record


@offer("incident", label=_("Set up the room"), needs="major.lead", icon="settings-2", quiet=True, when=_runs)
def major_setup(record: Record, by: Actor, title: Annotated[str, Ask(_("What everybody may read"))] = "", people: Annotated[int, Ask(_("How many people it hits"))] = None,
                bridge: Annotated[str, Ask(_("Address of the bridge"), hint=_("Such as https://meet.example/room"))] = "", every: Annotated[int, Ask(_("Told every so many minutes"))] = None):
    """Its public words, the bridge, how often something is told."""
    values = {"title": title.strip()[:120], "people": people, "bridge": bridge.strip()[:300], "every": every}
    if values["bridge"] and not values["bridge"].startswith("https://"):
        raise ValidationError({"bridge": _t("Write an address that begins with https://.")})
    write.save(_running(record), by, needs="major.lead", **{k: v for k, v in values.items() if v not in ("", None)})
    return record


# -- telling


@offer("incident", label=_("Tell everybody"), needs="major.tell", icon="megaphone", quiet=True, when=_runs)
def major_tell(record: Record, by: Actor, text: Annotated[str, Ask(_("Message"), lines=5, hint=_("What, since when, what to do, when next; plain words, at most sixty"))],
               stage: Annotated[str, Ask(_("Stage"), options=lambda r, a: Major.STAGES[:4])] = "", status: Annotated[bool, Ask(_("On the status page"))] = False,
               announce: Annotated[bool, Ask(_("As an announcement in the portal"))] = False, requesters: Annotated[bool, Ask(_("To those who reported it"))] = False,
               minutes: Annotated[int, Ask(_("Next update in minutes"), hint=_("Empty: as agreed"))] = None):
    """One text to the status page, the portal and the pages of those who reported it; the next update is promised with it (MAJ-04)."""
    major, at = _running(record), now()
    if not (status or announce or requesters):
        raise ValidationError({"status": _t("Choose at least one: nobody would be told.")})
    if minutes is not None and not 5 <= minutes <= 1440:
        raise ValidationError({"minutes": _t("Write 5 to 1440 minutes.")})
    if stage and stage != major.stage:
        major_stage(record, by, stage)
        major.refresh_from_db()
    due = at + timedelta(minutes=minutes or major.every)
    heading = major.title or _t("A disruption that we know of")
    if announce:
        _announced(major, record, by, heading, text, due)
    reached = _written(record, by, text) if requesters else 0
    to = [name for name, chosen in (("status", status), ("announcement", announce), ("requesters", requesters)) if chosen]
    write.save(Told(major=major), by, needs="major.tell", stage=major.stage, text=text.strip()[:2000], at=at, to=to, people=reached, who=by.name, next_at=due)
    write.save(major, by, needs="major.tell", next_at=due, public=major.public or status)
    log(major, "update", text.strip()[:4000], by, record, "major.told", at)
    return record


def _announced(major, record, by, heading, text, due):
    """The running announcement of this incident, put in place of the last one."""
    row = major.announcement if major.announcement_id and major.announcement.ends_at > now() else Announcement()
    row = write.save(row, by, needs="major.tell", organisation_id=record.organisation_id, title=heading[:120], text=text.strip()[:500], tone="red", audience="all", starts_at=row.starts_at or now(),
                     ends_at=due + timedelta(hours=2))
    if major.announcement_id != row.pk:
        write.save(major, by, needs="major.tell", announcement=row)


def _written(record, by, text):
    """Public words on the incident and on its open children: the pages of those who reported it. Returns how many people that is."""
    family = [record, *registry["incident"].model.objects.open().filter(links_out__target=record.pk, links_out__type="child_of")[:MOST]]
    people = set()
    for one in family:
        try:
            write.act(one, by, "reply", text=text.strip())
        except (Refused, ValidationError):
            continue
        people.add(one.requester_id)
    record.refresh_from_db()
    if getattr(record, "public_words", None) is not None and record.is_open and not record.restricted:
        write.change(record, system(by.name, record.organisation_id), event="incident.shared", public_words=text.strip()[:200], data={"words": text.strip()[:200]})
    return len(people - {None})


# -- ending


def _end(major, record, by, state, event, words):
    at = now()
    write.save(major, by, needs="major.lead", state=state, ended_at=at, stage="stood_down" if state == "stood_down" else major.stage, next_at=None,
               stages={**major.stages, **({"stood_down": at.isoformat()} if state == "stood_down" else {})})
    for part in Part.objects.filter(major=major.pk, until=None):
        write.save(part, by, needs="major.work", until=at)
    log(major, "stage", words, by, record, event, at)
    row = major.announcement
    if row is not None and row.ends_at > at:
        write.save(row, by, needs="major.lead", ends_at=max(at, row.starts_at + timedelta(seconds=1)))
    return record


@offer("incident", label=_("Stand down"), needs="major.lead", icon="check", quiet=True, when=_runs, after_close=True)
def stand_down(record: Record, by: Actor, words: Annotated[str, Ask(_("How it ended"), lines=2)]):
    """The room closes; the review is due before the incident can be closed."""
    return _end(_running(record), record, by, "stood_down", "major.ended", words.strip()[:300])


@offer("incident", label=_("Take it back"), needs="major.lead", icon="undo-2", quiet=True, when=_runs)
def demote_major(record: Record, by: Actor, why: Annotated[str, Ask(_("Why it is no major incident"), lines=2)]):
    """It goes on as an ordinary incident; nothing of the room is lost, no review is due."""
    return _end(_running(record), record, by, "demoted", "major.demoted", why.strip()[:300])


@offer("incident", label=_("Write the review"), needs="major.lead", icon="clipboard-check", quiet=True, when=_ended, after_close=True)
def review_major(record: Record, by: Actor, findings: Annotated[str, Ask(_("What was found"), lines=5)], lessons: Annotated[str, Ask(_("What we learned"), lines=5, hint=_("What is to be done is made as tasks, each with an owner and a day"))] = ""):
    """The review (MAJ-05): its timeline stands there already, built from what was logged."""
    major = Major.objects.filter(incident=record.pk, state="stood_down").order_by("-pk").first()
    write.save(major, by, needs="major.lead", findings=findings.strip(), lessons=lessons.strip(), reviewed_at=now(), reviewed_by=by.name)
    write.note(record, by, needs="incident.see", event="major.reviewed")
    return record


def children_of(record):
    return Link.objects.filter(target=record.pk, type="child_of", source__kind="incident")


