"""Content packs: YAML that describes rows which should exist. The same loader serves defaults, demo and customers.

A pack is a list of entries `{kind, key, state, set}`; state is `present` (make it so), `created` (make it once, then
leave it to the administrator) or `absent`. Who knows a kind of row registers a loader for it.
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

loaders: dict[str, object] = {}
packs: dict[str, Path] = {}
STATES = ("present", "created", "absent")


class BadPack(ValueError):
    """A pack that cannot be loaded; names the file and the entry."""


@dataclass(frozen=True)
class Entry:
    kind: str
    key: str
    state: str
    set: dict


def loader(kind):
    """Decorator: `run(entry, by) -> "made" | "changed" | "removed" | "same"` for entries of this kind."""

    def add(run):
        loaders[kind] = run
        return run

    return add


def pack(name, path):
    """Declare a pack that ships with Praxis."""
    packs[name] = Path(path)


def read(path):
    """The entries of a YAML file, checked."""
    try:
        rows = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or []
    except yaml.YAMLError as problem:
        raise BadPack(f"{Path(path).name}: {problem}") from problem
    entries = []
    for n, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not {"kind", "key"} <= set(row) <= {"kind", "key", "state", "set"}:
            raise BadPack(f"{Path(path).name}, entry {n}: write kind, key and, if you like, state and set.")
        entry = Entry(row["kind"], str(row["key"]), row.get("state", "created"), row.get("set", {}))
        if entry.kind not in loaders:
            raise BadPack(f"{Path(path).name}, entry {n}: nobody loads {entry.kind!r}. Known: {', '.join(sorted(loaders))}.")
        if entry.state not in STATES:
            raise BadPack(f"{Path(path).name}, entry {n}: state is one of {', '.join(STATES)}.")
        entries.append(entry)
    return entries


def load(path, by):
    """Apply a pack; returns {"made": 3, "same": 40, ...}. Safe to repeat."""
    counts = {}
    for entry in read(path):
        done = loaders[entry.kind](entry, by)
        counts[done] = counts.get(done, 0) + 1
    return counts


def load_all(by):
    """Every shipped pack, in the order of their names."""
    return {name: load(path, by) for name, path in sorted(packs.items())}


def words(value, language="en"):
    """A text of a pack, which may be written per language: `{en: ..., de: ...}`."""
    if isinstance(value, dict):
        return value.get(language) or value.get("en") or next(iter(value.values()), "")
    return value
