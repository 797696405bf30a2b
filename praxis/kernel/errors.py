"""What can be refused. Interfaces translate these into their protocol; nobody else knows HTTP."""


from .kinds import registry


class Refused(Exception):
    """Base of the refusals below; `str()` is for the person who asked."""


class Forbidden(Refused):
    """The actor lacks the permission."""

    def __init__(self, permission):
        known = registry.permissions.get(permission)
        super().__init__(f"This needs the right “{known.label}” for what it touches; what all organisations share needs it in every organisation." if known
                         else f"You do not have the permission {permission}.")
        self.permission = permission


class Conflict(Refused):
    """Somebody else changed the same field first: `field`, and the `event` that did it."""

    def __init__(self, number, field="", event=None):
        super().__init__(f"{number} was changed by somebody else in the meantime.")
        self.field, self.event = field, event


def takes_no_writes(problem):
    """Whether a database's error says that it is read-only or full, in the words of both databases."""
    words = str(problem).lower()
    return any(part in words for part in ("readonly", "read-only", "disk is full", "no space left", "disk full"))


class NotPossible(Refused):
    """The record's state does not allow this now."""
