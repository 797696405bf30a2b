"""The rules of the house as a check: python tools/house.py prints what breaks them, with file and line."""

import re
import sys
from pathlib import Path

LONGEST, TEMPLATE_LONGEST = 330, 150
RULES = (  # (where, what is not allowed, why)
    ("praxis/**/*.py", r"@receiver|post_save|pre_save|m2m_changed", "no signal receivers: call what should happen"),
    ("praxis/**/*.py", r"GenericForeignKey", "no generic foreign keys: a real key to Record"),
    ("praxis/practices/**/*.py", r"(?<!write)\.(save|update|delete|bulk_create|create)\(", "records are written in records/write"),
    ("praxis/estate/**/*.py", r"(?<!write)\.(save|update|delete|bulk_create|create)\(", "records are written in records/write"),
    ("praxis/screens/**/*.py", r"(?<!cache)(?<!write)(?<!fact)\.(save|delete|bulk_create|create)\(", "screens write through records/write"),
    ("praxis/**/*.py", r"objects\.raw\(|cursor\.execute\(\s*f?[\"'].*%(?!s)", "no SQL put together from text"),
    ("praxis/**/*.py", r"pickle|\bmarshal\b|\bshelve\b|yaml\.(load|unsafe_load|full_load)\(|\beval\(|\bexec\(", "nothing typed is run or unpickled (T-D6)"),
    ("praxis/**/*.py", r"import \*", "no wildcard imports"),
    ("praxis/**/*.j2", r"hx-on|hx-vals=.?js:|hx-trigger=\"[^\"]*\[| style=|<style|onclick=|javascript:", "a strict content policy forbids it"),
    ("praxis/**/*.j2", r"\|\s*safe", "what is typed is sanitised by `rich`, never trusted"),
    ("praxis/**/*.py", r"(?i)todo|fixme|xxx", "say it in docs/build/plan.md"),
)


def faults(root):
    """Sentences `file:line: why`, in order."""
    found = []
    for where, pattern, why in RULES:
        for path in sorted(root.glob(where)):
            if "migrations" in path.parts:
                continue
            for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if re.search(pattern, line) and not line.lstrip().startswith("#"):
                    found.append(f"{path.relative_to(root)}:{n}: {why}")
    for path in sorted(root.glob("praxis/**/*.py")):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if "migrations" not in path.parts and lines > LONGEST:
            found.append(f"{path.relative_to(root)}: {lines} lines, split it along a seam")
    for path in sorted(root.glob("praxis/**/*.j2")):
        if len(path.read_text(encoding="utf-8").splitlines()) > TEMPLATE_LONGEST:
            found.append(f"{path.relative_to(root)}: a template has at most {TEMPLATE_LONGEST} lines")
        found += [f"{path.relative_to(root)}: names the template {name} of another floor" for name in _foreign(path, root)]
    return found


def _foreign(path, root):
    """A template of an ability or practice may name only ui.j2, pages of the frame and its own folder."""
    floor = path.relative_to(root).parts[1]
    if floor not in ("abilities", "practices", "estate"):
        return []
    own = path.parent.name
    named = re.findall(r"{%\s*(?:from|include|extends|import)\s*'([^']+)'", path.read_text(encoding="utf-8"))
    return [n for n in named if "/" in n and not n.startswith(f"{own}/")]


if __name__ == "__main__":
    bad = faults(Path(__file__).resolve().parents[1])
    print("\n".join(bad) or "The house is in order.")
    sys.exit(bool(bad))
