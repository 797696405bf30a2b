"""The practice's calculations, on values alone."""

DEFAULT_MATRIX = {"1": [1, 2, 3], "2": [2, 3, 4], "3": [3, 4, 5]}  # impact -> priority for urgency 1, 2, 3


def check_matrix(matrix):
    """ValueError unless this gives a priority from 1 to 5 for every impact and urgency from 1 to 3."""
    for impact in ("1", "2", "3"):
        row = matrix.get(impact)
        if not isinstance(row, list) or len(row) != 3 or not all(isinstance(p, int) and 1 <= p <= 5 for p in row):
            raise ValueError("Write a line for each impact 1, 2 and 3 with the priorities of urgency 1, 2 and 3, such as 1: [1, 2, 3].")


def check_codes(codes):
    """ValueError unless this is a table of keys to their words."""
    if not all(isinstance(word, str) and word.strip() for word in codes.values()):
        raise ValueError("Write a line for each code with its words, such as solved: Solved.")


def check_reminders(value):
    """ValueError unless this says after how many days somebody is reminded, and after how many it is resolved (0: never)."""
    nudge, resolve = value.get("nudge", []), value.get("resolve", 0)
    numbers = [*nudge, resolve] if isinstance(nudge, list) else [None]
    if set(value) - {"nudge", "resolve"} or not all(isinstance(n, int) and 0 <= n <= 365 for n in numbers) or nudge != sorted(set(nudge)):
        raise ValueError("Write nudge: [3, 6] and resolve: 9, in working days that rise; resolve: 0 is never.")


def waited(days, nudges, resolve, done):
    """What is due after so many working days on hold, when `done` reminders were sent: "resolve", a number of reminders, or None."""
    if resolve and days >= resolve:
        return "resolve"
    reached = sum(days >= n for n in nudges)
    return reached if reached > done else None


def priority(impact, urgency, matrix=None):
    """Priority 1 to 5 from impact and urgency 1 to 3 (1 is the highest), features 4.1: P = impact + urgency - 1."""
    row = (matrix or DEFAULT_MATRIX).get(str(impact))
    if not row or not 1 <= urgency <= len(row):
        raise ValueError(f"The priority matrix has no cell for impact {impact} and urgency {urgency}.")
    return row[urgency - 1]


def lifted_impact(impact, criticality, affected=0):
    """Impact at least medium for a service of criticality 1 or more than 10 affected people, high above 100."""
    if affected > 100:
        return 1
    if criticality == 1 or affected > 10:
        return min(impact, 2)
    return impact


def may_close_at(resolved_at, days, calendar, day):
    """When a resolved incident may be closed by itself: `days` working days of `day` length after it was resolved."""
    return calendar.due(resolved_at, day * days)
