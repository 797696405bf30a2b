"""How the steps of an approval are written down, and the sources that say who is asked.

A step is {label, who: [source, …], rule, number, veto, turnout, beside, remind, escalate, expires}: `who` holds texts such as owner_group, role:change_manager,
team:Change advisory board, person:a@b.example; `beside` opens it together with the one before; the last three are hours after which those who have not
answered are reminded, their managers asked instead, and the step ends.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t

from praxis.lib.quorum import RULES, Quorum

KNOWN = {"label", "who", "rule", "number", "veto", "turnout", "beside", "remind", "escalate", "expires"}
MOST_STEPS, MOST_HOURS = 10, 24 * 60
sources = {}


@dataclass(frozen=True)
class Source:
    """`run(record, name) -> {person id: in what capacity}`; `named` ones take a name after a colon."""

    key: str
    run: Callable
    named: bool = False


def source(key, named=False):
    """Decorator: declare who is meant by this word in a step."""

    def add(run):
        sources[key] = Source(key, run, named)
        return run

    return add


def quorum(spec):
    """The Quorum of a step."""
    return Quorum(spec.get("rule", "any"), spec.get("number", 0), bool(spec.get("veto")), spec.get("turnout", 50))


def asked(record, spec):
    """{person id: in what capacity} of a step on this record, in the order of its sources; who is named twice stands once."""
    found = {}
    for text in spec["who"]:
        key, _colon, name = text.partition(":")
        for pk, words in sources[key].run(record, name.strip()).items():
            found.setdefault(pk, str(words))
    return found


def check_steps(steps):
    """ValidationError unless these are steps as written above; says which one is wrong and what to do."""
    if not isinstance(steps, list) or not 1 <= len(steps) <= MOST_STEPS:
        raise ValidationError({"steps": _t("Write between 1 and %s steps.") % MOST_STEPS})
    for n, step in enumerate(steps, 1):
        if problem := _wrong(step):
            raise ValidationError({"steps": _t("Step %(n)s: %(problem)s") % {"n": n, "problem": problem}})


def _wrong(step):
    if not isinstance(step, dict) or not str(step.get("label", "")).strip() or set(step) - KNOWN:
        return _t("it needs a label, and may have %s.") % ", ".join(sorted(KNOWN - {"label"}))
    if not isinstance(step.get("who"), list) or not step["who"] or not all(isinstance(w, str) for w in step["who"]):
        return _t("who is a list such as [owner_group, role:change_manager].")
    for text in step["who"]:
        key, colon, name = text.partition(":")
        if key not in sources or sources[key].named != bool(colon and name.strip()):
            return _t("“%(who)s” is nobody. Write one of: %(all)s.") % {
                "who": text, "all": ", ".join(f"{s.key}:…" if s.named else s.key for s in sources.values())}
    rule, number = step.get("rule", "any"), step.get("number", 0)
    if rule not in RULES:
        return _t("rule is one of: %s.") % ", ".join(RULES)
    if rule == "percent" and not (_whole(number) and 1 <= number <= 100):
        return _t("percent needs a number from 1 to 100.")
    if rule == "count" and not (_whole(number) and 1 <= number <= 100):
        return _t("count needs a number: how many have to agree.")
    if any(k in step and not (_whole(step[k]) and 1 <= step[k] <= MOST_HOURS) for k in ("remind", "escalate", "expires")):
        return _t("remind, escalate and expires are hours, at most %s.") % MOST_HOURS
    if "turnout" in step and not (_whole(step["turnout"]) and 0 <= step["turnout"] <= 100):
        return _t("turnout is a percentage.")
    return ""


def _whole(value):
    return isinstance(value, int) and not isinstance(value, bool)
