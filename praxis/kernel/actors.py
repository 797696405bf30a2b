"""Who acts: the one object that is asked for permission, and the one table of scopes behind it."""

from dataclasses import dataclass, field

# scope -> the alternatives under which a record is within it; each alternative is {column: where the values come from}.
# `Actor.may` and `QuerySet.visible_to` are both made from this table and from nothing else.
OWN = ({"requester_id": "me"}, {"owner_id": "me"})
TEAM = (*OWN, {"team_id": "teams"})
SCOPES = {
    "own": OWN,
    "team": TEAM,
    "organisation": (*TEAM, {"organisation_id": "home", "restricted": "open"}),
    "all": (*TEAM, {"restricted": "open"}),
}
EVERYTHING = "everything"  # the scope of the product itself: jobs and imports


@dataclass(frozen=True)
class Actor:
    """A person, or the product itself, with what it may do.

    `grants` maps a permission to pairs (scope, organisation id or None for every organisation).
    """

    id: int | None
    name: str
    organisation: int | None = None
    grants: dict = field(default_factory=dict, hash=False)
    teams: tuple[int, ...] = ()
    zone: str = "UTC"
    on_behalf_of: str = ""

    def has(self, permission):
        """Whether the permission is held in any scope; says nothing of a particular record."""
        return EVERYTHING in self.grants or permission in self.grants

    def clauses(self, permission):
        """Alternatives {column: allowed values} of which one must hold; () is nothing, ({},) everything."""
        if EVERYTHING in self.grants:
            return ({},)
        values = {"me": _known(self.id), "teams": self.teams, "home": _known(self.organisation), "open": (False,)}
        found = []
        for scope, organisation in self.grants.get(permission, ()):
            for alternative in SCOPES[scope]:
                clause = {column: values[source] for column, source in alternative.items()}
                if organisation is not None:
                    if organisation not in clause.get("organisation_id", (organisation,)):
                        continue
                    clause["organisation_id"] = (organisation,)
                if all(clause.values()) and clause not in found:
                    found.append(clause)
        return tuple(found)

    def may(self, permission, record):
        """Whether the permission reaches this record."""
        return any(
            all(getattr(record, column) in allowed for column, allowed in clause.items())
            for clause in self.clauses(permission)
        )

    def organisations(self, permission=None):
        """The organisations whose people and teams this actor may see, or in which it holds a permission; None is every one."""
        pairs = [p for held in self.grants.values() for p in held] if permission is None else self.grants.get(permission, ())
        reach = {organisation for _scope, organisation in pairs}
        if EVERYTHING in self.grants or None in reach:
            return None
        return frozenset(reach | {self.organisation} if permission is None else reach)

    def reaches(self, organisation, permission=None):
        """Whether rows of this organisation may be named, or written with a permission; None is shared by all."""
        mine = self.organisations(permission)
        return organisation is None or mine is None or organisation in mine


def _known(value):
    """A person or organisation that is not there matches nothing, least of all an empty column."""
    return () if value is None else (value,)


def system(name="Praxis", organisation=None):
    """The product itself: jobs, imports, the demo."""
    return Actor(None, name, organisation, {EVERYTHING: (("all", None),)})
