"""What monitoring systems say, each in its own shape, as one: Alertmanager, Grafana, Zabbix, Nagios and Icinga, and our own. Pure; every text is untrusted and bounded."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

SEVERITIES = ("info", "warning", "minor", "major", "critical")
MOST, LABELS, WORD, TEXT = 1000, 40, 200, 2000
_WORDS = {
    "information": "info", "informational": "info", "notice": "info", "none": "info", "not classified": "info", "ok": "info", "0": "info", "1": "info", "low": "minor", "average": "major", "avg": "major", "medium": "minor",
    "warn": "warning", "2": "warning", "3": "major", "high": "major", "error": "major", "4": "major", "page": "critical", "disaster": "critical", "5": "critical", "emergency": "critical", "fatal": "critical",
    "unknown": "warning", "unreachable": "critical", "down": "critical",
}
_GOOD = {"ok", "up", "resolved", "normal", "recovery", "closed", "clear", "0"}


class BadSignals(ValueError):
    """A message that cannot be taken; the text says what is expected."""


@dataclass(frozen=True)
class Signal:
    """One state of one thing. `key` is the same for every message about the same trouble; `firing` is False when it is over."""

    key: str
    title: str
    severity: str
    firing: bool
    at: datetime
    host: str = ""
    service: str = ""
    text: str = ""
    labels: dict = field(default_factory=dict, hash=False)


def read(shape, body, now):
    """[Signal] of a decoded message; BadSignals for anything else. At most 1,000 in one message."""
    if shape not in SHAPES:
        raise BadSignals(f"There is no shape {str(shape)[:40]!r}. Use one of: {', '.join(SHAPES)}.")
    found = SHAPES[shape](body, now)
    if len(found) > MOST:
        raise BadSignals(f"At most {MOST} alerts in one message.")
    return found


def severity(word, usual="major"):
    """One of SEVERITIES for whatever word a system uses."""
    word = str(word or "").strip().lower()
    return word if word in SEVERITIES else _WORDS.get(word, usual)


def _text(value, most=WORD):
    return "".join(c for c in str(value if value is not None else "") if c >= " " and not "\ud800" <= c <= "\udfff" or c in "\n\t")[:most].strip()


def _labels(rows):
    if not isinstance(rows, dict):
        return {}
    return {_text(k, 60): _text(v) for k, v in list(rows.items())[:LABELS]}


def _key(*parts):
    return sha256("\x1f".join(str(p) for p in parts).encode("utf-8", "replace")).hexdigest()[:40]


def _at(value, now):
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00")[:40])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return min(found, now) if 2000 <= found.year <= 9000 else now  # what began in the future began now
    except ValueError:
        return now


def _rows(body, name):
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise BadSignals(f"A list of objects is expected under {name!r}.")
    return rows


def _host(labels):
    host = labels.get("instance") or labels.get("host") or labels.get("hostname") or labels.get("node") or ""
    return host.rsplit(":", 1)[0] if host.count(":") == 1 else host


def _alertmanager(body, now):
    """Version 4 of Alertmanager's webhook, which Grafana's follows."""
    found = []
    for row in _rows(body, "alerts"):
        labels, notes = _labels(row.get("labels")), _labels(row.get("annotations"))
        name = labels.get("alertname") or "alert"
        firing = str(row.get("status", "firing")).lower() != "resolved"
        found.append(Signal(
            key=_key("am", row.get("fingerprint") or sorted(labels.items())), title=_text(notes.get("summary") or notes.get("title") or name), severity=severity(labels.get("severity")), firing=firing,
            at=_at(row.get("startsAt") if firing else row.get("endsAt"), now), host=_host(labels), service=labels.get("service") or labels.get("job") or "",
            text=_text(notes.get("description") or notes.get("message"), TEXT), labels=labels))
    return found


def _zabbix(body, now):
    """The parameters that a Zabbix media type of type webhook passes on: event or trigger, host, name, severity, status."""
    if not isinstance(body, dict):
        raise BadSignals("An object is expected, such as {\"event_id\": ..., \"host\": ..., \"name\": ..., \"severity\": ..., \"status\": \"PROBLEM\"}.")
    low = {str(k).lower().replace("_", "").replace(".", ""): v for k, v in body.items()}
    trigger = low.get("triggerid") or low.get("eventid") or low.get("problemid")
    host, name = _text(low.get("host") or low.get("hostname")), _text(low.get("name") or low.get("triggername") or low.get("subject") or low.get("eventname"))
    if not trigger or not name:
        raise BadSignals("A trigger or event id and a name are expected.")
    state = str(low.get("status") or low.get("eventvalue") or low.get("triggerstatus") or "PROBLEM").strip().lower()
    return [Signal(_key("zbx", trigger, host), name, severity(low.get("severity") or low.get("nseverity") or low.get("eventseverity")), state not in _GOOD, now, host, _text(low.get("service")),
                   _text(low.get("message") or low.get("opdata"), TEXT), _labels(low.get("tags") if isinstance(low.get("tags"), dict) else {}))]


def _nagios(body, now):
    """What a notification command of Nagios or Icinga sends: host, service, state, output."""
    rows = body if isinstance(body, list) else [body]
    found = []
    for row in rows:
        if not isinstance(row, dict) or not row.get("host") or not row.get("state"):
            raise BadSignals("host and state are expected, and for a service its name: {\"host\": ..., \"service\": ..., \"state\": \"CRITICAL\", \"output\": ...}.")
        host, what, state = _text(row["host"]), _text(row.get("service")), str(row["state"]).strip().lower()
        kind = str(row.get("type", "")).strip().lower()
        found.append(Signal(_key("nag", host, what), _text(f"{host}: {what or 'host'} {state.upper()}"), severity(state), state not in _GOOD and kind != "recovery", now, host, what,
                            _text(row.get("output") or row.get("long_output"), TEXT), _labels(row.get("labels"))))
    return found


def _own(body, now):
    """Our own: {"events": [{key, title, severity, state, host, service, text, at, labels}]}."""
    found = []
    for row in _rows(body, "events"):
        if not str(row.get("key") or "").strip() or not str(row.get("title") or "").strip():
            raise BadSignals("Each event has a key, which is the same for the same trouble, and a title.")
        state = str(row.get("state", "firing")).strip().lower()
        if state not in ("firing", "open", "problem", *_GOOD):
            raise BadSignals("The state is firing or resolved.")
        found.append(Signal(_key("own", row["key"]), _text(row["title"]), severity(row.get("severity")), state not in _GOOD, _at(row.get("at"), now), _text(row.get("host")), _text(row.get("service")),
                            _text(row.get("text"), TEXT), _labels(row.get("labels"))))
    return found


SHAPES = {"praxis": _own, "alertmanager": _alertmanager, "grafana": _alertmanager, "zabbix": _zabbix, "nagios": _nagios, "icinga": _nagios}
