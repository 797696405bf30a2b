"""One question about the records of a kind: the query behind a tile, a list, an export and REST, so that they agree."""

from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urlencode

from praxis.kernel.actors import Actor
from praxis.kernel.kinds import Kind
from praxis.lib.conditions import Group, every, to_query

from .where import to_q


@dataclass(frozen=True)
class Question:
    """Which records of `kind`, of those that `actor` may see, fulfil `condition`."""

    kind: Kind
    actor: Actor
    condition: Group = Group("all")

    def rows(self):
        """The rows, unordered."""
        rows = self.kind.model.objects.visible_to(self.actor, self.kind.permission("see"))
        return rows.filter(to_q(self.condition, self.kind, self.actor))

    def count(self):
        return self.rows().values("pk").count()

    def also(self, *tests):
        """The same question with further tests."""
        return replace(self, condition=every(*self.condition.parts, *tests))

    def address(self):
        """The list that shows these records; only of flat conditions."""
        pairs = to_query(self.condition) or [("all", "1")]
        return f"/k/{self.kind.key}?{urlencode(pairs, safe=',:')}"

    def key(self):
        """A name for its answer in a cache: the condition, and everything about the reader that the answer depends on (LD4)."""
        who = (self.actor.id, self.actor.organisation, self.actor.teams, self.actor.zone, self.actor.clauses(self.kind.permission("see")))
        return sha256(repr((self.kind.key, self.condition, who)).encode()).hexdigest()
