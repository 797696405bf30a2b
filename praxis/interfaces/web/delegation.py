"""Who answers approvals for oneself while one is away or has no time (CM5)."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from praxis.abilities.approvals.models import Delegation
from praxis.kernel.now import now
from praxis.lib.text import whole
from praxis.people.models import Membership, Person
from praxis.records import write
from praxis.screens.access import access
from praxis.screens.answers import SeeOther
from praxis.screens.asked import show
from praxis.screens.draw import page


@require_http_methods(["GET", "POST"])
@access("approvals.delegate")
def delegate(request):
    """One's own delegations: made for some days, ended at any time. Both names stay with what is answered."""
    actor = request.actor
    others = Person.objects.filter(pk__in=Membership.objects.values("person"), organisation=actor.organisation, is_active=True).exclude(pk=actor.id).order_by("name")
    made = {"to": forms.ModelChoiceField(others, label=_("Who answers for you")),
            "starts_at": forms.DateTimeField(label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})),
            "ends_at": forms.DateTimeField(label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))}
    form = type("Delegate", (forms.Form,), made)(request.POST if request.method == "POST" else None)
    form.use_required_attribute = False
    status = 200
    if request.method == "POST":
        status = 422
        if gone := request.POST.get("end"):
            row = Delegation.objects.filter(person=actor.id, pk=whole(gone)).first()
            if row:
                write.save(row, actor, needs="approvals.delegate", ends_at=max(now(), row.starts_at + timedelta(minutes=1)))
            return SeeOther("/delegate")
        if form.is_valid():
            try:
                write.save(Delegation(), actor, needs="approvals.delegate", person_id=actor.id, **form.cleaned_data)
                return SeeOther("/delegate")
            except ValidationError as problem:
                show(form, problem)
            except OverflowError:
                form.add_error(None, _("These are no days that can be kept."))
    mine = Delegation.objects.filter(person=actor.id, ends_at__gt=now()).select_related("to").order_by("starts_at")
    theirs = Delegation.objects.filter(to=actor.id, ends_at__gt=now()).select_related("person").order_by("starts_at")
    return page(request, "web/delegate.j2", status, form=form, mine=mine, theirs=theirs, section="home")
