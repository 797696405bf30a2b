"""What is bundled, judged, told and handed over with a release."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.abilities.links.cascades import Cascade, cascade
from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.records import write
from praxis.records.models import Link, Record
from praxis.records.read import base, by_number

from . import gates
from .kind import RELEASE
from .models import Gate, Release

BUNDLED = ("change", "problem", "incident")
MOST = 200


def _going(record):
    return record.is_open


@RELEASE.action(label=_("Bundle"), needs="release.change", icon="package", when=_going)
def bundle(record: Release, by: Actor, numbers: Annotated[str, Ask(_("What belongs to it"), lines=2, hint=_("Numbers of changes, problems, incidents, items and deployments, with commas between"))]):
    """Put changes, problems and incidents into the release; items that it touches and deployments that carry it are named here too."""
    wanted = dict.fromkeys(n.upper() for n in numbers.replace(",", " ").split())
    if len(wanted) > MOST:
        raise ValidationError({"numbers": _t("At most %s at a time.") % MOST})
    for number in wanted:
        one = by_number(number, by)
        if one is None or one.kind not in (*BUNDLED, "item", "deployment") or one.organisation_id not in (None, record.organisation_id):
            raise ValidationError({"numbers": _t("%s is nothing that you can see and that belongs to a release.") % number})
        if one.kind in BUNDLED:
            write.link(one, record, "released_in", by, needs="see")
        else:
            write.link(record, one, "affects" if one.kind == "item" else "deployed_by", by, needs="change")
    write.note(record, by, needs="release.see", event="release.bundled", data={"words": ", ".join(wanted)[:250]})
    return record


for kind in BUNDLED:
    @registry.offer(kind, label=_("Put into a release"), needs="release.link", icon="package", quiet=True, after_close=True)
    def release_in(record: Record, by: Actor, release: Annotated[str, Ask(_("Release"), options=lambda record, actor: [
            (r.number, f"{r.number} {r.title}") for r in Release.objects.visible_to(actor, "release.see").open().filter(organisation=record.organisation_id).order_by("-updated_at")[:100]])]):
        """Say in which release it comes."""
        found = by_number(release.strip().upper(), by)
        if found is None or found.kind != "release" or found.organisation_id not in (None, record.organisation_id):
            raise ValidationError({"release": _t("There is no release of this number that you can see.")})
        write.link(record, found, "released_in", by, needs="see")
        return record


# -- gates


@RELEASE.action(label=_("The usual gates"), needs="release.change", icon="shield-check", when=lambda r: r.is_open and not r.gates.exists())
def usual_gates(record: Release, by: Actor):
    """The gates that most releases have; take away or add what this one needs."""
    for stage, label, automatic in gates.USUAL:
        write.save(Gate(release=record), by, needs="release.change", stage=stage, label=_t(label), automatic=automatic)
    write.note(record, by, needs="release.see", event="release.judged", data={"words": _t("%s gates") % len(gates.USUAL)})
    return record


def _stages(record, actor):
    return [(s.name, str(s.label)) for s in RELEASE.lifecycle.states.values() if s.name in ("build", "test", "uat", "deployment", "review")]


@RELEASE.action(label=_("Add a gate"), needs="release.change", icon="plus", quiet=True, when=_going)
def add_gate(record: Release, by: Actor, label: Annotated[str, Ask(_("What has to be true"))], stage: Annotated[str, Ask(_("Before"), options=_stages)],
             automatic: Annotated[str, Ask(_("Found by itself"), options=lambda r, a: Gate.AUTOMATIC, hint=_("Empty: somebody judges it"))] = ""):
    """One more criterion before a stage."""
    if stage not in dict(_stages(record, by)):
        raise ValidationError({"stage": _t("Choose one of the list.")})
    write.save(Gate(release=record), by, needs="release.change", stage=stage, label=label.strip()[:200], automatic=automatic)
    write.note(record, by, needs="release.see", event="release.judged", data={"words": f"+ {label.strip()}"[:250]})
    return record


@RELEASE.action(label=_("Judge a gate"), needs="release.judge", icon="shield-check", quiet=True, when=_going)
def judge_gate(record: Release, by: Actor, gate: Annotated[str, Ask(_("Gate"), options=lambda r, a: [(str(g.pk), g.label) for g in r.gates.order_by("pk")])],
               state: Annotated[str, Ask(_("Is it passed"), options=lambda r, a: Gate.STATES)], evidence: Annotated[str, Ask(_("Evidence, or why it is waived"))] = "",
               shown: Annotated[str, Ask(_("Record that shows it"), hint=_("Its number"))] = ""):
    """Passed, failed or waived, with what shows it and who said so; one that is found by itself can only be waived."""
    row = Gate.objects.filter(release=record.pk, pk=whole(str(gate)) or 0).first()
    if row is None:
        raise ValidationError({"gate": _t("Choose a gate of this release.")})
    if row.automatic and state not in ("waived", "open"):
        raise ValidationError({"state": _t("This one is found by itself. It can only be waived.")})
    found = by_number(shown.strip().upper(), by) if shown.strip() else None
    if shown.strip() and found is None:
        raise ValidationError({"shown": _t("There is no record of this number that you can see.")})
    write.save(row, by, needs="release.judge", state=state, evidence=evidence.strip()[:300], shown=found and base(found), judged_by=by.name, judged_at=now())
    write.note(record, by, needs="release.see", event="release.judged", data={"words": f"{row.label}: {row.get_state_display()}"[:250]})
    return record


# -- telling and handing over


def notes_of(release, actor):
    """Release notes made of what it bundles (REL-05), as far as the actor may see it; a person writes them to the end."""
    lines = []
    for kind, heading in (("problem", _t("Fixed")), ("change", _t("Changed")), ("incident", _t("Reported by you and solved"))):
        rows = [r for r in gates.members(release, kind).order_by("pk") if actor.may(f"{kind}.see", r) and not r.restricted]
        if rows:
            lines += [f"## {heading}", *(f"- {r.title} ({r.number})" for r in rows), ""]
    return "\n".join(lines).strip()


@RELEASE.action(label=_("Write the release notes"), needs="release.change", icon="book-open", when=lambda r: r.phase != "final")
def write_notes(record: Release, by: Actor, notes_text: Annotated[str, Ask(_("Release notes"), lines=10, hint=_("Empty: made of what it bundles"))] = "", publish: Annotated[bool, Ask(_("Publish them"))] = False):
    """What the users are told of it; made of its members unless somebody writes them."""
    text = notes_text.strip() or notes_of(record, by)
    return write.change(record, by, needs="release.change", event="release.published" if publish else "release.changed", notes_text=text, **({"published_at": now()} if publish else {}))


@RELEASE.action(label=_("Hand over to operations"), needs="release.close", icon="hand", when=lambda r: bool(r.deployed_at and r.care_until and not r.care_exit))
def hand_over(record: Release, by: Actor, care_exit: Annotated[str, Ask(_("What shows that it is stable"), lines=2, hint=_("The incidents on what it released stand beside it"))]):
    """End early-life support (REL-06): somebody signs that operations takes it from here."""
    return write.change(record, by, needs="release.close", event="release.handed_over", care_exit=care_exit.strip()[:300], handed_over_by=by.name, data={"words": care_exit.strip()[:250]})


@RELEASE.action(label=_("Write the review"), needs="release.change", icon="clipboard-check", when=lambda r: r.state in ("review", "closed"), after_close=True)
def write_review(record: Release, by: Actor, review: Annotated[str, Ask(_("What went well, what did not, what we learned"), lines=6)]):
    """The review after the release; what follows is made as tasks."""
    return write.change(record, by, needs="release.change", event="release.reviewed", review=review.strip())


def early_incidents(release, actor):
    """Incidents on what it released since it was deployed: what early-life support is about."""
    if release.deployed_at is None:
        return []
    items = Link.objects.filter(source=release.pk, type="affects").values("target")
    rows = registry["incident"].model.objects.visible_to(actor, "incident.see").filter(item__in=items, opened_at__gte=release.deployed_at)
    return list(rows.order_by("-opened_at")[:50])


cascade(
    Cascade(kind="release", type="released_in", label=_("Resolve the problems that it fixes"), when=lambda r: r.state in ("review", "closed"),
            step=lambda record, other: ("resolve", {"close_code": "fix_applied", "solution": f"{record.number} {record.title}"}) if other.kind == "problem" and other.state in ("analysis", "fix") else None),
    Cascade(kind="release", type="released_in", label=_("Resolve the incidents that wait for it"), when=lambda r: r.state in ("review", "closed"),
            step=lambda record, other: ("resolve", {"close_code": "by_change", "solution": f"{record.number} {record.title}"}) if other.kind == "incident" else None),
)
