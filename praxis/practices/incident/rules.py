"""The practice's calculations, on values alone."""

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
