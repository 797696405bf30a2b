"""What the tests of changes and problems share: answers on risk, items, freezes, causes that are proved."""

from datetime import timedelta

from django.utils import timezone

from praxis.estate.cmdb.models import ItemClass
from praxis.kernel.actors import system
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.practices.change import conflicts, rules
from praxis.practices.change.models import Window
from praxis.practices.problem.models import Cause
from praxis.records import write

LOW = {key: 0 for key, _q, _o in rules.QUESTIONS}
HIGH = {key: 2 for key, _q, _o in rules.QUESTIONS}
MIDDLE = LOW | {"service": 2, "reach": 2, "practice": 1}


def item(make, title="wlc-1", key="switch", **more):
    made = make("item", title=title, item_class=ItemClass.objects.get(key=key).pk, **more)
    return write.move(made, system("M", made.organisation_id), "go_live") if "go_live" in registry["item"].lifecycle.moves and made.state == "planned" else made


def fresh(record):
    return type(record).objects.get(pk=record.pk)


def sorts(change):
    return sorted(c.sort for c in conflicts.find(fresh(change)) if c.sort != "lead")


def freeze(company, start, hours, **more):
    local = timezone.localtime(now() + timedelta(hours=start)).replace(tzinfo=None)
    return write.save(Window(), system(), **({"kind": "freeze", "label": "Peak", "organisation": company.organisation, "zone": str(timezone.get_current_timezone_name()),
                      "starts": f"{local:%Y-%m-%dT%H:%M}", "ends": f"{local + timedelta(hours=hours):%Y-%m-%dT%H:%M}"} | more))


def prove(problem, by, text="Firmware resets the site tag", **more):
    write.act(problem, by, "add_cause", text=text, sure="proved", evidence="Config diff", **more)
    return Cause.objects.filter(problem=problem.pk).latest("pk")


def to_fix(problem, by):
    write.move(problem, by, "analyse")
    prove(problem, by)
    return write.move(fresh(problem), by, "confirm", root_cause="The firmware resets it.", cause_code="change")
