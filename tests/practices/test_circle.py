"""The circle closes: from alerts and callers to a major incident, its cause, the way back, the known error, the fix in a release, the review, and what was lost."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from praxis.abilities.conversation.models import Entry
from praxis.abilities.links.cascades import following
from praxis.estate.cmdb import recent
from praxis.interfaces.rest import events
from praxis.kernel.actors import system
from praxis.kernel.jobs.worker import Worker
from praxis.kernel.kinds import registry
from praxis.kernel.now import now
from praxis.people.signin import make_token
from praxis.practices.availability import read as availability
from praxis.practices.availability.models import Objective, Outage
from praxis.practices.incident.models import Incident
from praxis.practices.problem import read as known
from praxis.practices.problem.models import Cause, Problem
from praxis.records import write

from .planning import fresh, item

MORNING = datetime(2026, 11, 24, 5, 10, tzinfo=UTC)


def criteria(company):
    client = Client()
    client.force_login(company.people["auditor"])
    return {line["criterion"]: line for line in json.loads(client.get("/evidence.json").content)["criteria"]}


@pytest.mark.parametrize("related", [True, False])
def test_from_the_alert_to_the_review(plan, board, make, company, related):
    by, agent, lead = (company.actor("agent") if n == "agent" else company.actor("team_lead") if n == "lead" else system("M", company.organisation.pk) for n in ("by", "agent", "lead"))
    manager = by
    company.organisation.zone = "UTC"
    company.organisation.save()
    events.forget()
    with time_machine.travel(MORNING, tick=False) as clock:
        controller, ap = item(make, "wlc-ham-01"), item(make, "ap-ham-b07", hostname="ap-ham-b07")
        wireless, warehouse = (make("service", title=t, hours="24x7", owner=company.people["team_lead"].pk) for t in ("Wireless network", "Warehouse management"))
        for above, below in ((wireless, ap), (warehouse, wireless), *([(ap, controller)] if related else [])):
            write.link(above, below, "depends-on", by)
        for service in (wireless, warehouse):
            write.save(Objective(), by, service=service, target="99.9")
        firmware = plan("emergency", start=0, on=[controller])
        write.move(firmware, board["pit"], "expedite")
        write.act(fresh(firmware), board["bob"], "approve")
        write.move(fresh(firmware), board["pit"], "start")
        write.move(fresh(firmware), board["pit"], "finish", result="successful")

        clock.shift(timedelta(minutes=65))  # alerts and callers
        token = make_token(company.people["administrator"], "monitoring")[1]
        body = {"events": [{"key": f"ap{n}", "title": "Access point unreachable", "severity": "critical", "state": "firing", "host": "ap-ham-b07"} for n in range(3)]}
        answer = Client().post("/api/events/praxis", json.dumps(body), content_type="application/json", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in (200, 202)
        Worker().run(until_empty=True)
        major = Incident.objects.get(channel="monitoring")
        assert major.item_id == ap.pk
        callers = [make("incident", title=f"Scanner {n} has no Wi-Fi", requester=company.people["requester"].pk, item=ap.pk, service=wireless.pk) for n in range(7)]
        for one in callers:
            write.act(one, lead, "make_child", parent=major.number)
        declared = now()
        write.act(fresh(major), lead, "declare_major", why="Hall B stands still", title="Wi-Fi in hall B is down", people=42)
        write.act(fresh(major), lead, "record_outage")
        found = recent.about(fresh(major), lead)
        if not related:
            assert found == [], "nothing fits, nothing is said"
            return
        assert [s.record.pk for s in found] == [firmware.pk] and "1 relations away" in found[0].why
        write.act(fresh(major), lead, "caused_by_change", cause=firmware.number)
        write.act(fresh(major), lead, "major_tell", text="Hall B is offline, use paper lists.", status=True, requesters=True)
        assert Entry.objects.filter(record__in=[c.pk for c in callers], text__contains="paper lists", internal=False).count() == 7

        clock.shift(timedelta(minutes=20))  # back by an emergency change
        back = plan("emergency", start=0, on=[controller])
        write.move(back, board["pit"], "expedite")
        write.act(fresh(back), board["bob"], "approve")
        write.move(fresh(back), board["pit"], "start")
        clock.shift(timedelta(minutes=10, seconds=17))
        write.move(fresh(back), board["pit"], "finish", result="successful")
        outage = Outage.objects.get()
        write.move(outage, by, "end", ended_at=now(), cause="change")
        lost = now() - fresh(outage).began_at
        assert lost == now() - fresh(major).opened_at

        problem = write.act(fresh(major), manager, "raise_problem", title="Roaming fails after firmware")  # the root cause, by two methods
        write.act(problem, manager, "gather", incidents=" ".join(c.number for c in callers))
        write.move(fresh(problem), manager, "analyse")
        write.act(fresh(problem), manager, "add_cause", text="Keys are lost at the switch", question="Why do scanners drop?", evidence="Controller log", sure="proved", shown=firmware.number)
        first = Cause.objects.get()
        write.act(fresh(problem), manager, "add_cause", text="The image resets the cache", explains=str(first.pk), evidence="Maker's note", sure="proved", branch="supplier")
        write.act(fresh(problem), manager, "add_contrast", yes="Hall B", no="Hall A", difference="new image", changed="firmware at 06:10")
        write.act(fresh(problem), manager, "write_workaround", workaround="Switch Wi-Fi off and on.")
        write.act(fresh(problem), manager, "publish", symptoms="Scanners lose the Wi-Fi connection in hall B", portal=True)
        write.act(fresh(problem), manager, "communicate", text="Switch Wi-Fi off and on, it holds for the shift.", callers=True)
        assert known.incidents(problem).count() == 8
        next_one = make("incident", title="Scanner loses Wi-Fi in hall B", item=ap.pk)
        assert [p.pk for p, _near, _like in known.known_for(next_one, agent, 5)] == [problem.pk], "the next caller's agent finds it"
        write.act(next_one, lead, "apply_workaround", problem=problem.number)
        assert fresh(next_one).state == "resolved"

        write.move(fresh(problem), manager, "confirm", root_cause="The image resets the key cache.", cause_code="supplier")  # the fix, in a release
        change = write.act(fresh(problem), company.actor("change_manager"), "raise_change", title="Firmware with a fixed cache")
        release = make("release", title="Wireless, winter", owner=company.people["team_lead"].pk)
        write.act(release, by, "bundle", numbers=f"{problem.number} {change.number}")
        shipped = write.change(fresh(release), by, event="release.moved", state="review", deployed_at=now())
        steps = {f.record.pk for _c, rows in following(shipped, by) for f in rows}
        assert problem.pk in steps and fresh(problem).state == "fix", "proposed, never done silently"
        write.act(fresh(shipped), manager, "follow", numbers=problem.number)
        assert fresh(problem).state == "resolved"
        waiting = {f.record.pk for _c, rows in following(fresh(problem), by) for f in rows}
        assert waiting >= {c.pk for c in callers}
        write.act(fresh(problem), lead, "follow", numbers=" ".join(c.number for c in (fresh(major), *callers)))
        assert {fresh(c).state for c in callers} == {"resolved"} and fresh(major).state == "resolved"
        write.act(fresh(major), lead, "stand_down", words="Wi-Fi holds")
        write.act(fresh(major), lead, "review_major", findings="The image resets the cache.", lessons="Walk with four scanners first.")
        assert write.move(fresh(major), by, "close").state == "closed" and declared

        november = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
        month = timedelta(days=30)
        clock.move_to(november[1])
        for service in (wireless, warehouse):  # to the second
            told = availability.told(fresh(service), *november, None)
            assert sum((d.end - d.start for d in told.downs), timedelta()) == lost
            assert abs(float(told.percent) - 100 * (1 - lost / month)) < 1e-9

        lines = criteria(company)  # every green line leads to a record; breaking one changes it
        shown = [k for k, line in lines.items() if line["status"] == "shown"]
        assert len(shown) > 25 and all(lines[k]["shown_by"] for k in shown)
        how = next(k for k, line in lines.items() if "known error says symptom" in line["text"])
        assert (lines[how]["status"], lines[how]["shown_by"]) == ("shown", problem.number)
        solved = next(k for k, line in lines.items() if line["text"].startswith("Whoever is resolved says how: a code"))
        assert lines[solved]["status"] == "shown"
        Incident.objects.filter(pk=callers[0].pk).update(close_code="")
        assert criteria(company)[solved]["missing_on"] == callers[0].number
    assert Problem.objects.count() == 1 and registry
