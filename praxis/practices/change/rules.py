"""The arithmetic of a change's risk: the questionnaire that decides (features 4.4), and what frameworks 3.4 shows beside it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

LEVELS = ("low", "moderate", "high")
LEAD_DAYS = {"low": 1, "moderate": 3, "high": 5}  # working time between asking and the window
TRUSTED, TOO_MANY, SUSPENDED_FOR = 20, 2, 90  # successes in a row that lower the risk; failures in days that suspend a standard change

# (key, question, [(answer, points)]): three answers each, together at most 100
QUESTIONS = (
    ("service", _("How critical is the most important service that it touches?"), ((_("Not"), 0), (_("Important"), 6), (_("Critical"), 13))),
    ("reach", _("Who notices if it fails?"), ((_("One team"), 0), (_("A department or a site"), 6), (_("Everyone, or customers"), 13))),
    ("practice", _("Was it done before?"), ((_("In the last year, without trouble"), 0), (_("Rarely, or with trouble"), 6), (_("Never"), 13))),
    ("test", _("Is it tested?"), ((_("Fully, like production"), 0), (_("Partly"), 6), (_("It cannot be"), 13))),
    ("backout", _("How is it backed out?"), ((_("Rehearsed, in under 15 minutes"), 0), (_("Within the window"), 6), (_("Not at all, or by a restore"), 13))),
    ("outage", _("Does it interrupt work?"), ((_("No, or only inside the window"), 0), (_("Shortly, and announced"), 5), (_("In working hours, or over an hour"), 11))),
    ("teams", _("Who takes part, what depends on it?"), ((_("One team, nothing"), 0), (_("Two or three"), 5), (_("More, or a supplier"), 11))),
    ("security", _("Security, data, compliance?"), ((_("Nothing of it"), 0), (_("Personal data or a control"), 6), (_("The perimeter, or data that cannot be changed back"), 13))),
)
SUCCESS = ("successful",)
WITH_ISSUES = ("issues", "partial")
FAILED = ("failed_backed_out", "failed_left")
RESULTS = {"successful": _("Successful"), "issues": _("Successful with issues"), "failed_backed_out": _("Failed, backed out"), "failed_left": _("Failed, left in place"),
           "partial": _("Partially implemented"), "cancelled": _("Cancelled")}
FAULTS = {"plan": _("The plan"), "test": _("The test"), "technical": _("Technical"), "timing": _("Timing"), "communication": _("Communication"),
          "supplier": _("Supplier"), "unknown_dependency": _("Unknown dependency")}


@dataclass(frozen=True)
class Facts:
    """What is known about a change besides its answers. `streak` and `tried` are of its model, `failed` and `similar` of the last 365 days."""

    critical: bool = False  # it touches a critical service
    conflicts: int = 0
    frozen: bool = False
    outside: bool = False  # of the agreed windows
    poor: bool = False  # the team's score is poor
    failed_last: bool = False  # the model failed last time
    streak: int = 0
    tried: int = 0
    failed: int = 0
    similar: int = 0
    first_time: bool = False
    backout_tested: bool = False
    impact: int = 1  # 1 to 5


@dataclass
class Risk:
    """`level` decides; `reasons` are [(words, what it did)] in the order in which they were applied; the rest stands beside it."""

    level: str
    score: int | None
    reasons: list = field(default_factory=list)
    p: float = 0.0
    likelihood: int = 1
    impact: int = 1

    @property
    def product(self):
        return self.likelihood * self.impact


def points(answers):
    """The sum of the questionnaire, 0 to 100; None until every question is answered. `answers` is {key: 0, 1 or 2}."""
    if any(answers.get(key) not in (0, 1, 2) for key, _question, _options in QUESTIONS):
        return None
    return sum(options[answers[key]][1] for key, _question, options in QUESTIONS)


def band(score):
    """0 to 25 low, 26 to 50 moderate, above high (features 4.4)."""
    return "low" if score <= 25 else "moderate" if score <= 50 else "high"


def risk(answers, facts):
    """The Risk of a change: the questionnaire's band, lifted by the computed rules, the highest of which wins; each is named."""
    score = points(answers)
    found = Risk(band(score) if score is not None else "moderate", score)
    found.reasons.append((_t("Questionnaire: %s of 100") % score, found.level) if score is not None else (_t("The questionnaire is not answered"), "moderate"))
    level = LEVELS.index(found.level)
    for holds, least, words in ((facts.critical, 1, _t("Touches a critical service")), (facts.conflicts, 1, _t("Unresolved conflicts: %s") % facts.conflicts),
                                (facts.frozen, 2, _t("Lies in a freeze"))):
        if holds:
            found.reasons.append((words, _t("at least %s") % word(LEVELS[least])))
            level = max(level, least)
    if facts.poor or facts.failed_last:
        found.reasons.append((_t("The group's last changes went badly") if facts.poor else _t("This model failed last time"), _t("one level up")))
        level = min(2, level + 1)
    if facts.streak >= TRUSTED and not facts.critical and not facts.frozen:
        found.reasons.append((_t("The last %s of this model succeeded") % facts.streak, _t("one level down")))
        level = max(0, level - 1)
    found.level = LEVELS[level]
    _beside(found, facts)
    return found


def _beside(found, facts):
    """Likelihood from history, impact, and their product (frameworks 3.4)."""
    found.p, found.likelihood = failure(facts.failed, facts.similar)
    found.likelihood = min(5, found.likelihood + sum((facts.outside, not facts.backout_tested, bool(facts.conflicts), facts.first_time)))
    found.impact = facts.impact


def failure(failed, similar):
    """(p, band 1 to 5): p = (f + 1) / (n + 10), the mean of a Beta(1, 9) prior after f of n similar changes failed (frameworks 3.4, V-D1 to V-D3)."""
    p = (failed + 1) / (similar + 10)
    return p, 1 if p < 0.05 else 2 if p < 0.10 else 3 if p < 0.20 else 4 if p < 0.35 else 5


def exposure(p, hours, cost):
    """Money at stake: p x expected hours of outage x cost of an hour; None where one of them is unknown."""
    return None if hours is None or cost is None else round(p * hours * cost, 2)


def product_band(product):
    """likelihood x impact as words of frameworks 3.4: at most 4 low, 9 medium, 15 high, else very high."""
    return "low" if product <= 4 else "medium" if product <= 9 else "high" if product <= 15 else "very_high"


def score(results, caused):
    """The success score (CHG-07): +3 a success, -2 with issues, -5 failed, and -10, -5, -2 for each P1, P2, P3 incident caused.

    `results` are close codes, `caused` priorities of incidents.
    """
    points_of = {**dict.fromkeys(SUCCESS, 3), **dict.fromkeys(WITH_ISSUES, -2), **dict.fromkeys(FAILED, -5)}
    return sum(points_of.get(r, 0) for r in results) + sum({1: -10, 2: -5, 3: -2}.get(p, 0) for p in caused)


def word(level):
    return {"low": _t("low"), "moderate": _t("moderate"), "high": _t("high")}[level]


def check_answers(answers):
    """Why these are no answers of the questionnaire, or ""."""
    known = {key for key, _q, _o in QUESTIONS}
    if not isinstance(answers, dict) or set(answers) - known or any(v not in (0, 1, 2) or isinstance(v, bool) for v in answers.values()):
        return _t("Answer with {key: 0, 1 or 2}; keys: %s.") % ", ".join(sorted(known))
    return ""
