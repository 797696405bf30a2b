"""What if: a changed promise or calendar against the last days, before it is put in force or corrects the past."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from praxis.abilities.clocks import jobs, whatif
from praxis.abilities.clocks.models import Calendar, Target
from praxis.kernel.models import Job
from praxis.kernel.now import now
from praxis.records import write
from praxis.screens import rows
from praxis.screens.answers import SeeOther
from praxis.screens.asked import choice, show
from praxis.screens.draw import page
from praxis.screens.pages import page as route

MOST_DAYS = 400
rows.extra.append(("desk", _("What if"), "/levels/what-if", "agreement.approve"))
COPIED = {Target: ("set", "kind", "metric", "priority", "pauses", "restart", "warn_at", "length", "calendar"),
          Calendar: ("key", "organisation", "label", "zone", "week", "exceptions", "holidays")}


def _form(actor, data=None):
    reach = actor.organisations("agreement.approve")
    mine = Q() if reach is None else Q(organisation=None) | Q(organisation__in=reach)
    targets = Target.objects.select_related("set").order_by("set__label", "metric", "priority")
    made = {
        "target": choice(_("Promise"), [(t.pk, f"{t}: {t.length}, {t.calendar}") for t in targets], False, int),
        "length": forms.CharField(label=_("New length"), required=False, max_length=40, help_text=_("15m, 4h, 2d, or next 1 16:00")),
        "hours": choice(_("New hours of the promise"), list(Calendar.objects.filter(organisation=None).values_list("key", "label").distinct()), False),
        "calendar": choice(_("Calendar"), [(c.pk, str(c)) for c in Calendar.objects.filter(mine).order_by("label")], False, int),
        "week": forms.CharField(label=_("New hours of the calendar on working days"), required=False, max_length=80, help_text=_("Such as 08:00-18:00")),
        "holidays": forms.CharField(label=_("Public holidays of"), required=False, max_length=10, help_text=_("DE, or DE-HH; none: -")),
        "days": forms.IntegerField(label=_("Days to look back"), min_value=1, max_value=MOST_DAYS, initial=90),
    }
    form = type("WhatIf", (forms.Form,), made)(data)
    form.use_required_attribute = False
    return form


def _changes(values):
    """The rows that the form changes, as `whatif.changed` takes them."""
    found = []
    if values.get("target") and (values.get("length") or values.get("hours")):
        found.append({"model": "target", "id": values["target"], **{k: v for k, v in (("length", values["length"]), ("calendar", values["hours"])) if v}})
    if values.get("calendar") and (values.get("week") or values.get("holidays")):
        one = {"model": "calendar", "id": values["calendar"]}
        if values["week"]:
            old = Calendar.objects.get(pk=values["calendar"]).week
            one["week"] = old | {d: values["week"].replace(",", " ").split() for d in ("mon", "tue", "wed", "thu", "fri")}
        if values["holidays"]:
            one["holidays"] = values["holidays"].strip(" -")
        found.append(one)
    if not found:
        raise ValidationError(_t("Choose a promise or a calendar, and what changes about it."))
    return found


@route("levels/what-if", "what_if", "agreement.approve")
@require_http_methods(["GET", "POST"])
def ask(request):
    form, status = _form(request.actor, request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changes = _changes(form.cleaned_data)
                whatif.changed(changes)
                home = None if request.actor.organisations("agreement.approve") is None else request.actor.organisation
                job = jobs.what_if.enqueue("incident", home, changes, form.cleaned_data["days"])
                return SeeOther(f"/levels/what-if/{job.id}")
            except ValidationError as problem:
                show(form, problem)
    return page(request, "agreement/what_if.j2", status, form=form, section="agreement")


@route("levels/what-if/<uuid:pk>", "what_if_result", "agreement.approve")
@require_http_methods(["GET", "POST"])
def result(request, pk):
    job = Job.objects.filter(pk=pk, task=jobs.what_if.module_path).first()
    reach = request.actor.organisations("agreement.approve")
    if job is None or reach is not None and job.args[1] not in reach:
        raise Http404
    changed = whatif.changed(job.args[2])
    if request.method == "POST":
        if request.POST.get("what") == "correct":
            return _correct(request, changed, job)
        _from_now(changed, request.actor)
        return SeeOther("/levels/what-if")
    answer = page(request, "agreement/what_if_result.j2", job=job, rows=changed, days=job.args[3], section="agreement",
                  names=dict(Target.METRICS), changes=[{k: v for k, v in c.items() if k not in ("model", "id")} for c in job.args[2]])
    if job.state in ("ready", "running"):
        answer["Refresh"] = "2"
    return answer


def _from_now(changed, by):
    """New versions of the rows, in force from now; what is counted already stays as it was."""
    for row in changed:
        values = {n: getattr(row, n) for n in COPIED[type(row)]}
        write.save(type(row)(), by, valid_from=now(), **values)


def _correct(request, changed, job):
    """The rows as they should have been, and the clocks of these days counted anew."""
    for row, changes in zip(changed, job.args[2]):
        stored = type(row).objects.get(pk=row.pk)
        write.save(stored, request.actor, **{k: v for k, v in changes.items() if k not in ("model", "id")})
    jobs.recount.enqueue("incident", job.args[1], job.args[3], request.actor.name)
    return page(request, "note_page.j2", title=_t("Recount"), back="/levels/what-if", section="agreement",
                text=_t("The clocks of these days are counted anew. What they said before stays beside it, under Why on each record."))
