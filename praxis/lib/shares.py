"""Dividing a whole so that the parts sum to it exactly."""


def split(whole, weights):
    """Whole numbers in the proportion of `weights` that sum to `whole`: largest remainders first (frameworks 3.6)."""
    total = sum(weights)
    exact = [whole * w / total for w in weights]
    parts = [int(e) for e in exact]
    for i in sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))[: whole - sum(parts)]:
        parts[i] += 1
    return parts
