"""Settings that are changed while Praxis runs: declared in code, stored when changed, read through a short cache."""

from dataclasses import dataclass
from time import monotonic

from .models import Setting as Row

declared: dict[str, "Setting"] = {}
_cache: dict = {}
KEEP = 5  # seconds; other processes see a change after this long


@dataclass(frozen=True)
class Setting:
    """`Setting("incident.auto_close_days", int, 5, "Days until ...")`; call it for the value in force."""

    key: str
    type: type
    default: object
    label: str
    needs: str = "admin.settings"
    valid: object = None  # (value), raises ValueError that says what is expected beyond the type

    def __post_init__(self):
        if self.key in declared:
            raise ValueError(f"setting {self.key!r} is declared twice")
        declared[self.key] = self

    def __call__(self, organisation=None):
        """The organisation's value, else everybody's, else the default."""
        values = _values()
        for where in (organisation, None):
            if (self.key, where) in values:
                return values[self.key, where]
        return self.default

    def check(self, value):
        """The value in its type, or ValueError that says what is expected."""
        if self.type is dict:
            if not isinstance(value, dict):
                raise ValueError(f"{self.label}: a table is expected.")
            if self.valid:
                self.valid(value)
            return value
        if self.type is bool and not isinstance(value, bool):
            raise ValueError(f"{self.label}: yes or no is expected.")
        try:
            value = self.type(value)
        except (TypeError, ValueError):
            raise ValueError(f"{self.label}: {self.type.__name__} is expected, not {value!r}.") from None
        if self.valid:
            self.valid(value)
        return value


def _values():
    at, values = _cache.get("all", (0, None))
    if values is None or monotonic() - at > KEEP:
        values = {(r.key, r.organisation): r.value for r in Row.objects.all()}
        _cache["all"] = monotonic(), values
    return values


def forget():
    """Drop the cache, after a change in this process."""
    _cache.clear()
