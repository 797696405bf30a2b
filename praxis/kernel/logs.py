"""Log lines as JSON with the id of the request, and nothing secret in them."""

import json
import logging
import re
from datetime import UTC, datetime

from .context import source

SECRETS = re.compile(
    r"(?i)(px_)[A-Za-z0-9_-]{8,}|(/(?:in|feed)/)[A-Za-z0-9_-]{8,}|((?:bearer|basic) )\S+"
    r"|((?:passw(?:or)?d|secret|secret_?key|api_?key|token|sessionid|csrftoken|csrfmiddlewaretoken)['\"]?\s*[=:]\s*\[?)(?:'[^']*'|\"[^\"]*\"|[^\s'\"&,;]+)"
    r"|(://[^:/\s]+:)[^@/\s]+(?=@)")


def masked(text):
    """The text with what looks like a token, a password or a one-time link put out of sight."""
    return SECRETS.sub(lambda found: next(g for g in found.groups() if g is not None) + "***", text)


class Lines(logging.Formatter):
    """One JSON object a line: at, level, logger, request, text, and the traceback of an error."""

    def format(self, record):
        line = {"at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
                "logger": record.name, "request": source().request, "text": masked(record.getMessage())}
        if record.exc_info:
            line["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps({k: v for k, v in line.items() if v != ""}, ensure_ascii=True)
