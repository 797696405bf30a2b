"""Likeness measured on real letters that people sent to two help desks: which belong together is known from their threads and series, not from us.

The letters lie beside the project and are never copied into it. Each becomes an incident through the writers, and the product is asked as an agent asks it.
"""

import email
from email import policy
from pathlib import Path

import nh3
import pytest

from praxis.lib import likeness
from praxis.practices.incident import alike

MAIL = Path(__file__).parents[3] / "shared" / "data" / "mail"
TOGETHER = {  # part of a path: what the letters have in common
    "8859-15-message-series/msg": "one letter, sent in seven encodings", "email-file-attachment": "two letters of one thread", "new-ticket-from-iso-8859-1": "one letter, short and in full",
    "multipart-alternative-with-umlaut": "two letters of one thread on umlauts", "text-html-with-umlaut": "two letters of one thread on umlauts",
}


def letters():
    """[(path, subject, text)] of those that say something."""
    found = []
    for path in sorted(p for p in MAIL.rglob("*") if p.is_file() and "LICEN" not in p.name.upper() and p.suffix != ".md"):
        one = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        try:
            body = one.get_body(("plain", "html"))
            text = body.get_content() if body else ""
            text = nh3.clean(text, tags=set()) if body and body.get_content_subtype() == "html" else text
        except (LookupError, UnicodeError, KeyError):
            text = ""
        subject = str(one["subject"] or "").encode("utf-8", "replace").decode()
        if likeness.words(f"{subject} {text}"):
            found.append((str(path.relative_to(MAIL)), subject[:190] or "No subject", text[:1500]))
    return found


@pytest.mark.django_db
@pytest.mark.skipif(not MAIL.exists(), reason="the letters of shared/data/mail are not beside the project")
def test_inc07_likeness_on_real_letters(make, company):
    rows = letters()
    group = {path: next((words for part, words in TOGETHER.items() if part in path), path) for path, _s, _t in rows}
    made = {path: make("incident", title=subject.replace("\0", ""), description=text.replace("\0", "")) for path, subject, text in rows}
    of = {record.pk: group[path] for path, record in made.items()}
    twins = {path for path, one in group.items() if list(group.values()).count(one) > 1}
    asked, right, wrong, lines = 0, 0, 0, []
    for path, record in made.items():
        found, _solved = alike.of(record, company.actor("agent"))
        proposed = [x for x in found if x.incident.pk != record.pk]
        good = [x for x in proposed if of[x.incident.pk] == group[path]]
        right, wrong = right + len(good), wrong + len(proposed) - len(good)
        if path in twins:
            asked += bool(good)
        lines += [f"  {path}: {x.incident.title[:40]} ({x.score})" for x in proposed if x not in good]
    print(f"\n{len(rows)} real letters, {len(twins)} with others that belong to them: found for {asked} of {len(twins)}; {right} proposals right, {wrong} wrong", *lines, sep="\n")
    assert asked >= 0.75 * len(twins) and right >= 0.9 * (right + wrong)
