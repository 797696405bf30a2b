"""What may follow from a problem that is solved, and what a solved change means for the problem that it fixes."""

from django.utils.translation import gettext_lazy as _

from praxis.abilities.links.cascades import Cascade, cascade


def _fixed(problem):
    return problem.state in ("resolved", "closed") and problem.close_code == "fix_applied"


def _incident(problem, incident):
    return "resolve", {"close_code": "by_problem", "solution": problem.solution or problem.root_cause}


def _waiting(problem, incident):
    return _incident(problem, incident) if incident.hold_reason == "problem" else None


def _others(problem, incident):
    return None if incident.hold_reason == "problem" else _incident(problem, incident)


def _went_well(record):
    return getattr(record, "result", "") in ("successful", "issues") and not record.is_open


def _problem(record, problem):
    """What a change that went well means for the problem or the incident that it fixes."""
    if problem.kind == "incident":
        return "resolve", {"close_code": "by_change", "solution": f"{record.number} {record.title}"}
    return ("resolve", {"close_code": "fix_applied", "solution": f"{record.number} {record.title}"}) if problem.state in ("analysis", "fix") else None


cascade(
    Cascade(kind="problem", type="problem", label=_("Resolve those that wait for it"), when=_fixed, step=_waiting),
    Cascade(kind="problem", type="problem", label=_("Resolve the other open ones too"), when=_fixed, step=_others),
    Cascade(kind="change", type="fixed_by", label=_("Resolve what it fixes"), when=_went_well, step=_problem),
)
