"""What becomes of an alert, on values alone."""

from fnmatch import fnmatchcase

from praxis.lib.signals import SEVERITIES

FIELDS = ("source", "title", "severity", "host", "service", "text")
GRAVE = {"critical": (2, 1), "major": (2, 2), "minor": (3, 2), "warning": (3, 3), "info": (3, 3)}  # impact and urgency
MOST = 12


def check_match(match):
    """ValueError unless this is {field or label: pattern} with at most a few patterns with * and ?."""
    if not isinstance(match, dict) or len(match) > MOST or not all(isinstance(v, str) and 0 < len(v) <= 200 and v.count("*") <= 4 for v in match.values()):
        raise ValueError("Write a line for each fact, such as host: wlc-* or severity: critical; at most four * in a pattern. Labels are facts too: label.cluster: ham2.")
    if unknown := [k for k in match if k not in FIELDS and not k.startswith("label.")]:
        raise ValueError(f"{unknown[0]!r} is no fact of an alert. Use {', '.join(FIELDS)}, or label. and its name.")


def check_severity(word):
    if word not in SEVERITIES:
        raise ValueError(f"Write one of: {', '.join(SEVERITIES)}.")


def fits(match, facts, labels):
    """Whether all patterns fit; case does not matter."""
    def value(name):
        return str(labels.get(name.removeprefix("label."), "") if name.startswith("label.") else facts.get(name, "")).casefold()

    return all(fnmatchcase(value(name), pattern.casefold()) for name, pattern in match.items())


def at_least(severity, least):
    return SEVERITIES.index(severity) >= SEVERITIES.index(least)


def gravest(severities):
    return max(severities, key=SEVERITIES.index)
