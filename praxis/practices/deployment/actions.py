"""A deployment that broke something, and when that was mended."""

from typing import Annotated

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.estate.cmdb import recent
from praxis.kernel.actors import Actor, system
from praxis.kernel.kinds import Ask, registry
from praxis.kernel.now import now
from praxis.records import write
from praxis.records.models import Link, Record
from praxis.records.read import by_number

from .kind import DEPLOYMENT
from .models import Deployment


@recent.tells
def deployments(near, service, organisation, start, end, actor):
    """Deployments that finished within the time, on items or for the service."""
    if not actor.has("deployment.see"):
        return []
    rows = list(Deployment.objects.visible_to(actor, "deployment.see").filter(finished_at__gt=start, finished_at__lte=end, organisation=organisation, environment__production=True))
    touched = {}
    for one, target in Link.objects.filter(source__in=[d.pk for d in rows], type="affects").values_list("source", "target") if rows else ():
        touched.setdefault(one, set()).add(target)
    return [recent.Told(d, d.finished_at, frozenset(touched.get(d.pk, ())), d.service_id, 20 if d.failed else 5, (str(d.get_result_display()).lower(),) if d.failed else (),
                        f"{d.application} {d.release_version}".strip() or d.title) for d in rows]


@registry.offer("incident", label=_("Caused by a deployment"), needs="deployment.link", icon="move-up-right", quiet=True, after_close=True)
def caused_by_deployment(record: Record, by: Actor, cause: Annotated[str, Ask(_("Deployment"), hint=_("Its number"))]):
    """Confirm that a deployment broke it: it counts as failed once, however many incidents it caused."""
    found = by_number(cause.strip().upper(), by)
    if found is None or found.kind != "deployment" or found.organisation_id not in (None, record.organisation_id):
        raise ValidationError({"cause": _t("There is no deployment of this number that you can see.")})
    write.link(record, found, "caused_by", by, needs="link")
    if not found.broke:
        write.change(found, system(by.name, found.organisation_id), event="deployment.broke", broke=True, data={"words": record.number})
    return record


@DEPLOYMENT.action(label=_("The service is back"), needs="deployment.change", icon="check", when=lambda record: record.failed and record.restored_at is None and record.state == "done")
def mended(record: Deployment, by: Actor, restored_at: Annotated[str, Ask(_("Since when"), kind="time", hint=_("Empty: now"))] = ""):
    """When service was back after this deployment failed."""
    at = Deployment._meta.get_field("restored_at").formfield(required=False).clean(restored_at) if restored_at else None
    return write.change(record, by, needs="deployment.change", event="deployment.mended", restored_at=at or now())
