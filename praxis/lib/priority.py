"""Priority from impact and urgency (features 4.1)."""

DEFAULT_MATRIX = {"1": [1, 2, 3], "2": [2, 3, 4], "3": [3, 4, 5]}  # impact -> priority for urgency 1, 2, 3


def check_matrix(matrix):
    """ValueError unless this gives a priority from 1 to 5 for every impact and urgency from 1 to 3."""
    for impact in ("1", "2", "3"):
        row = matrix.get(impact)
        if not isinstance(row, list) or len(row) != 3 or not all(isinstance(p, int) and 1 <= p <= 5 for p in row):
            raise ValueError("Write a line for each impact 1, 2 and 3 with the priorities of urgency 1, 2 and 3, such as 1: [1, 2, 3].")


def priority(impact, urgency, matrix=None):
    """Priority 1 to 5 from impact and urgency 1 to 3 (1 is the highest), features 4.1: P = impact + urgency - 1."""
    row = (matrix or DEFAULT_MATRIX).get(str(impact))
    if not row or not 1 <= urgency <= len(row):
        raise ValueError(f"The priority matrix has no cell for impact {impact} and urgency {urgency}.")
    return row[urgency - 1]
