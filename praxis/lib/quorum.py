"""When several people's answers make one: any, all, majority, percent, n of m, with or without a veto."""

from dataclasses import dataclass
from math import ceil

RULES = ("any", "all", "majority", "percent", "count")
APPROVED, REJECTED, OPEN = "approved", "rejected", "requested"


@dataclass(frozen=True)
class Quorum:
    """`number` belongs to `percent` (of those asked, 1 to 100) and `count`. With `veto` the first no decides.

    `turnout` is for a majority that closes at a date: the percentage of those asked who have to have answered; the majority is then that of the
    answers given. Before that date only what no further answer could change decides.
    """

    rule: str = "any"
    number: int = 0
    veto: bool = False
    turnout: int = 50

    def needed(self, asked):
        """How many have to agree of this many asked."""
        match self.rule:
            case "any":
                return 1
            case "all":
                return max(asked, 1)
            case "majority":
                return asked // 2 + 1
            case "percent":
                return max(1, ceil(asked * self.number / 100))
            case "count":
                return max(1, self.number)
        raise ValueError(f"Unknown rule {self.rule!r}; one of {', '.join(RULES)}.")

    def outcome(self, asked, yes, no):
        """What the answers so far decide, whatever the others still say: approved, rejected or requested."""
        if self.veto and no:
            return REJECTED
        if yes >= self.needed(asked):
            return APPROVED
        return REJECTED if asked - no < self.needed(asked) else OPEN

    def at_close(self, asked, yes, no):
        """What holds when nobody may answer any more; open if too few did."""
        found = self.outcome(asked, yes, no)
        if found != OPEN or self.rule != "majority" or (yes + no) * 100 < self.turnout * asked or not yes + no:
            return found
        return APPROVED if yes > no else REJECTED
