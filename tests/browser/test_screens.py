"""Every page in both themes and at phone width: axe finds nothing serious, nothing overflows, the drawn parts are there."""

import pytest
from axe_playwright_python.sync_playwright import Axe

MARA, ELIF, BIRGIT, JONAS = (f"{n}@nordwind.example" for n in ("mara.lindqvist", "elif.demir", "birgit.hansen", "jonas.weber"))
AGENT_PAGES = ("/", "/k/incident", "/k/incident?all=1&priority.is=1", "/k/service", "/search?q=scanner", "/keys", "/account", "/incidents/new?caller=bi", "first",
               "first/panel/clocks.explained", "first/panel/conversation.history", "/k/incident?title.contains=zzzz", "/api/docs",
               "first/older?before=999999999", "first/answers", "/k/item", "item", "item/impact", "item/impact?way=down&as=list", "first/panel/effort.people", "first/do/add_task", "/k/change", "change", "/changes/calendar", "/changes/calendar?span=week", "/changes/calendar?span=quarter", "/changes/new", "/changes/new?model=normal",
               "change/free", "/changes/board", "change/do/answer_risk", "item/then", "/k/task?view=open", "/k/task/new", "/away", "/delegate")
LEAD_PAGES = ("/", "/reports", "/reports/health", "/reports/health?weeks=4&priority=0", "/even-out")
ADMIN_PAGES = ("/jobs", "/k/incident/new", "/k/service/new", "/k/agreement", "/k/agreement/new", "/admin", "/admin?q=hours", "/admin/people", "/admin/people/new",
               "/admin/calendars/1", "/admin/targets", "/admin/levels", "/admin/answers", "/admin/answers/1", "/admin/roles/1", "/admin/settings", "/admin/why?person=1", "/admin/log", "/admin/tokens", "/admin/health",
               "/admin/teams/1/remove", "/import", "/levels/what-if", "/admin/absences/new", "/admin/shifts/new", "/admin/assignment/1", "/admin/task-templates/1", "/items/candidates", "/items/audit", "/items/baselines", "item/delete", "/admin/approval-policies/1", "/admin/change-models/1", "/admin/change-windows/1",
               "/admin/sources", "/admin/delegations/new", "/admin/audit-rules/new", "/changes/feed",
               "/k/asset", "/k/asset/new", "asset", "asset/do/pass_on", "/assets/desk", "/assets/labels?view=late", "/assets/value", "/assets/value?by=cost_centre", "/k/contract", "contract", "/k/consumable?view=short", "consumable",
               "consumable/do/take", "stocktake", "stocktake/count", "stocktake/move/finish", "/admin/products/1", "/admin/tag-sequences/1", "/admin/stockrooms", "/admin/suppliers/1",
               "problem", "problem/analysis?as=fish", "problem/tell", "/problems/clusters", "major", "major/room", "release", "outage", "deployment", "/delivery", "/alerts", "/status/nordwind", "wireless/availability", "wireless/timeline", "wireless/timeline?back=9",
               "/evidence", "/help/problem", "/admin/event-rules/new", "/admin/objectives", "/admin/environments")
STORY = {"problem": "/k/problem?view=all&title.contains=Handhelds", "major": "/k/incident?all=1&title.contains=No Wi-Fi in hall B", "wireless": "/k/service?view=all&title.contains=Wireless"}
PLURAL = {"analysis": "/problems/", "tell": "/problems/", "room": "/incidents/", "availability": "/services/", "timeline": "/timeline/"}
# Components of each mockup (design/src) that this page is made of.
PARTS = {
    "/sign-in": ("main.login-box", ".login-side .shapes", "h1", "input[type=email].input", "button[data-kind=primary]", "svg.mark"),
    "/": (".app > nav.side", "header.bar h1", ".seg [aria-current]", ".dayline svg.draw", "table.list tbody.group", ".rail .load .meter", "progress.fuse", ".bar-actions .btn[data-kind=primary]"),
    "/k/incident": ("nav.tabs a[aria-current] .count", ".filters .chip", "details summary:has-text('Filter')", "table.list th[aria-sort]", "td.pick input", ".prio", ".avatar", "progress.fuse",
                    ".preview .title", ".preview .clock", ".preview .props .edit", ".preview .composer textarea", ".bulk"),
    "/admin/calendars/1": ("header.bar .set-find input", ".cols.set > aside.rail.start .nav a[aria-current=page]", "h2", ".hours svg.draw rect", ".f textarea", ".btn[data-kind=primary]"),
    "/admin/levels": (".cols.set > aside.rail.start .nav a[aria-current=page]", "table.grid-table td input.num >> nth=20", ".setting p", ".hours svg.draw rect", ".savebar.float [data-kind=primary] kbd"),
    "/reports/health": ("nav.crumbs a", ".filters .chip >> nth=2", "dl.kpis .kpi >> nth=4", ".kpi .delta b[data-tone]", ".kpi svg.spark", "svg.chart[aria-label^='Control chart'] text:has-text('UCL')",
                        "svg.chart[aria-label^='Backlog flow'] text:has-text('Backlog')", "table.att svg.draw circle", "table.att a[data-count]", "svg.chart text:has-text('p90')", "details.behind table"),
    "item": ("svg.graph .g-node >> nth=6", "svg.graph .g-node.dk", "svg.graph [data-tone=red]", "svg.graph [data-tone=amber]", ".rail .props dd >> nth=8", ".rail h2:has-text('Relations')"),
    "item/impact": (".g-tools .seg [aria-current=true]", ".g-tools .joined .btn", ".g-tools a:has-text('As a list')", ".dot[data-tone=red]", "svg.graph path.n", "svg.graph a.g-node[href]", "footer.cal-key"),
    "change": ("nav.crumbs", ".bar-actions .btn:has-text('Reject')", ".bar-actions .btn[data-kind=primary]:has-text('Approve') kbd", "ol.steps li[data-done]", "ol.steps li[aria-current=step]", ".badge:has-text('Normal change')",
               ".card .note[data-tone=red]", "svg.gantt .fa", "svg.gantt .fc[data-tone=red]", ".card table.list.plain tr >> nth=6", ".badge.line:has-text('Go / no-go')", ".badge.line:has-text('No return')",
               ".rail .tone.t5", "svg.risk circle", ".rail .item.tight .badge[data-tone=green]", ".rail .item.tight .badge[data-tone=amber]", ".badge[data-tone=green]:has-text('Tested')"),
    "/changes/calendar": ("header.bar .seg [aria-current=page]", ".cal .cal-head", ".cal .cal-week >> nth=4", ".cal-day.frozen", ".cal-day.today", ".cal-ev.frz", ".cal-ev[data-s=fail]", ".cal-ev[data-s=clash]",
                          ".cal-ev[data-s=warn]", "footer.cal-key .key-hatch", "footer.cal-key .push", ".bar-actions .badge[data-tone=red]"),
    "/changes/calendar?span=week": (".lanes .lane.head svg text", ".lanes .lane >> nth=3", ".lane svg rect.ft", ".lane svg [data-tone=red] rect.fb", ".lane svg line.s5", ".bar-actions .seg [aria-current=true]"),
    "problem": ("nav.crumbs", ".bar-actions .btn:has-text('Raise change')", "ol.steps li[aria-current=step]", ".seg a[aria-current]:has-text('5 whys')", ".badge[data-tone=green]:has-text('Proved')", "svg.draw text:has-text('Technology')",
                ".rail .badge:has-text('Works in')", ".rail h2:has-text('Incidents per week')", ".rail h2:has-text('Recent changes')", ".rail .btn:has-text('It was this')"),
    "major/room": (".mi-head .badge.solid", ".mi-head .avatars .avatar >> nth=2", "dl.stats dd.tone", "ol.steps li[aria-current=step]", ".rail.start .item.role >> nth=4", "ol.mi-line li >> nth=5", "ol.mi-line li[data-tone=red]",
                   ".composer .seg input[value=decision]", ".rail textarea", ".rail .btn:has-text('Send')", ".rail h2:has-text('Sent')"),
    "wireless/timeline": ("input[type=range]", "svg.chart rect[data-tone=red]", ".seg a[aria-current]", "ol .item >> nth=5"),
    "/status/nordwind": (".s-row >> nth=3", "svg.draw rect >> nth=20"),
    "/evidence": ("dl.stats dd >> nth=2", "table.plain-table .badge[data-tone=green]", "table.plain-table .badge[data-tone=grey]", "table.plain-table .badge[data-tone=red]"),
    "lead": (".rail .load .avatar", ".rail .load progress.meter", ".rail h2:has-text('Team load')", ".rail a:has-text('Even out')", ".rail h2:has-text('Handover')", ".rail .prose-sm strong"),
    "first": ("nav.crumbs", ".bar-actions .btn[data-kind=primary]:has-text('Resolve')", ".record-head h1", ".thread[role=log] .msg", ".composer .seg", ".composer .to .tag", ".composer select[name=then]",
              ".clock .left", "progress.fuse.thick", ".rail .props .edit", ".rail h2:has-text('Related')"),
}


KEPT = {"release": "/k/release?view=all", "outage": "/k/outage?view=all", "deployment": "/k/deployment?view=all", "asset": "/k/asset?title.contains=lt-010", "contract": "/k/contract?view=all", "consumable": "/k/consumable?view=all", "stocktake": "/k/stocktake?view=all"}


def address(page, site, path):
    if (name := path.partition("/")[0]) in STORY:
        page.goto(site.base + STORY[name])
        rest = path.removeprefix(name)
        own = rest.split("/")[-1].partition("?")[0] if rest else ""
        number = page.get_attribute("#rows .ttl >> nth=0", "href").rsplit("/", 1)[1]
        return f"{PLURAL.get(own, '/r/')}{number}" + (rest.removeprefix("/timeline") if own == "timeline" else rest)
    if (kind := path.partition("/")[0]) in KEPT:
        page.goto(site.base + KEPT[kind])
        return page.get_attribute("#rows .ttl >> nth=0", "href").replace("/r/", "/stocktakes/" if path.endswith("/count") else "/r/") + path.removeprefix(kind)
    if path.startswith("first"):
        page.goto(site.base + "/k/incident?all=1&state.is=new,in_progress")
        return page.get_attribute("#rows .ttl >> nth=0", "href") + path.removeprefix("first")
    if path.startswith("change"):
        page.goto(site.base + "/k/change?title.contains=Upgrade PostgreSQL")
        return page.get_attribute("#rows .ttl >> nth=0", "href").replace("/r/", "/changes/" if "free" in path else "/r/") + path.removeprefix("change")
    if path.startswith("item"):
        page.goto(site.base + "/k/item?title.contains=wlc-ham-01")
        return page.get_attribute("#rows .ttl >> nth=0", "href").replace("/r/", "/items/" if path.count("/") and path.split("/")[1].partition("?")[0] in ("impact", "then", "delete") else "/r/") + path.removeprefix("item")
    return path


RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
PAINT = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}  # what another theme can change
ASK = """async (options) => {
    document.getAnimations().forEach(a => { try { a.finish() } catch { a.cancel() } })  // a colour on its way to another theme is neither
    return (await axe.run(document, options)).violations.filter(v => ["serious", "critical"].includes(v.impact))
    .flatMap(v => v.nodes.map(n => [v.id, n.target.join(" "), (n.failureSummary || "").slice(0, 300)]))
}"""


def serious(page, options=RULES):
    page.evaluate(f"() => {{ if (!window.axe) {{ {Axe().axe_script} }} }}")
    return [tuple(found) for found in page.evaluate(ASK, options)]


@pytest.mark.parametrize(("person", "paths"), [(None, ("/sign-in",)), (MARA, AGENT_PAGES), (JONAS, LEAD_PAGES), (ELIF, ADMIN_PAGES), (BIRGIT, ("/my", "/my/new", "/my?show=done", "/my/devices"))],
                         ids=["nobody", "agent", "lead", "administrator", "employee"])
def test_axe_finds_nothing_serious_and_nothing_overflows(site, enter, person, paths):
    """Three widths in both themes, each page loaded once for wide screens and once for a telephone."""
    bad = []
    wide, phone = (enter(person, color_scheme="light", viewport={"width": width, "height": 844}) for width in (1440, 390))
    for path in paths:
        path = address(wide, site, path)
        for page, widths in ((wide, (1440, 820)), (phone, (390,))):
            page.goto(site.base + path)
            for width in widths:
                page.set_viewport_size({"width": width, "height": 844})
                if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 1:
                    bad.append((path, width, "overflows"))
                for theme, rules in (("light", RULES), ("dark", PAINT)):
                    page.emulate_media(color_scheme=theme)
                    bad += [(path, width, theme, *found) for found in serious(page, rules)]
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": widths[0], "height": 844})
    assert bad == []


def test_the_drawn_parts_are_there(site, enter):
    for person, paths in ((None, ("/sign-in",)), (MARA, ("/", "/k/incident", "first", "item", "item/impact", "change", "/changes/calendar", "/changes/calendar?span=week")), (ELIF, ("/admin/calendars/1", "/admin/levels")), (JONAS, ("/reports/health", "lead"))):
        page = enter(person)
        for path in paths:
            page.goto(site.base + address(page, site, "/" if path == "lead" else path))
            missing = [part for part in PARTS[path] if page.locator(part).count() == 0]
            assert missing == [], (path, missing)


def test_a_first_visit_and_a_warm_one_keep_their_weight(site, enter):
    page = enter(MARA)
    requests, total = [], []
    page.context.clear_cookies()
    fresh = enter(MARA)
    client = fresh.context.new_cdp_session(fresh)
    client.send("Network.enable")
    client.on("Network.responseReceived", lambda e: requests.append(e["response"]["url"]))
    client.on("Network.loadingFinished", lambda e: total.append(e["encodedDataLength"]))
    client.send("Network.clearBrowserCache")
    fresh.goto(site.base + "/k/incident", wait_until="networkidle")
    assert len(requests) <= 10 and sum(total) <= 150_000, (len(requests), sum(total))
    requests.clear()
    fresh.goto(site.base + "/k/incident", wait_until="networkidle")
    assert len([r for r in requests if "/static/" not in r]) <= 2
