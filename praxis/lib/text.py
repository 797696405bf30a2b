"""What people write, as safe HTML and as plain words."""

import re
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}).enable(["table", "strikethrough"])
_TAGS = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "h1", "h2", "h3", "h4",
         "table", "thead", "tbody", "tr", "th", "td", "hr"}
_SCHEMES = {"http", "https", "mailto"}
_PLAIN = re.compile(r"[*_`#>|~\[\]\\]|<[^>]{0,200}>|^[^\S\n]*[-+]\s", re.MULTILINE)


def html(markdown):
    """Markdown as HTML that cannot run anything: rendered without raw HTML, then sanitised."""
    if not _PLAIN.search(markdown) and "://" not in markdown and "&" not in markdown:
        parts = re.split(r"\n\s*\n", markdown.strip())  # the common case, without a parser
        return "".join(f"<p>{escape(p).replace(chr(10), Markup('<br>'))}</p>" for p in parts if p)
    return nh3.clean(_MARKDOWN.render(markdown), tags=_TAGS, attributes={"a": {"href", "title"}},
                     url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow")


def plain(markdown):
    """The words without marks, for search and snippets."""
    return unescape(re.sub(r"\s+", " ", _PLAIN.sub(" ", markdown))).strip()


def snippet(text, words, width=160):
    """A cut of `text` around the first of `words`, on word boundaries, with … where something is missing."""
    low = text.casefold()
    at = min((i for w in words if (i := low.find(w.casefold())) >= 0), default=0)
    start = max(0, at - width // 3)
    if start:
        start = text.rfind(" ", 0, start) + 1
    end = text.find(" ", start + width) if len(text) > start + width else -1
    return ("…" if start else "") + (text[start:end] + "…" if end > 0 else text[start:])


def listed(words):
    """"a, b and c"."""
    *head, last = [str(w) for w in words] or [""]
    return f"{', '.join(head)} and {last}" if head else last


def without_control(text):
    """`text` without control characters but for line breaks and tabs, and without halves of letters:
    PostgreSQL refuses NUL, and nothing can store a lone surrogate."""
    return "".join(c for c in text if (c >= " " or c in "\n\t") and not "\ud800" <= c <= "\udfff")


def whole(text):
    """The whole number that a text is, of at most 18 digits, or None."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
