from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from praxis.kernel.lifecycle import Lifecycle, Move, Phase, State
from praxis.kernel.now import now

FREE = {"requester": None, "loan_until": None, "reminded_for": None, "received_at": None}
UNRESERVED = {"reserved_for": None, "reserved_until": None}


def reserved(record):
    """Whether somebody has it reserved today."""
    return record.reserved_for_id is not None and (record.reserved_until is None or record.reserved_until >= now().date())


def _not_reserved(record):
    if record.substate in ("defective", "quarantine", "legal_hold", "to_repair", "to_dispose"):
        return _t("It is in stock as “%s”.") % record.get_substate_display()
    return _t("It is reserved for %s. Hand it out as reserved, or take the reservation away.") % record.reserved_for if reserved(record) else ""


def _reserved(record):
    return "" if reserved(record) else _t("It is not reserved for anybody.")


def _held(record):
    return "" if record.requester_id or record.place or record.site_id else _t("Nobody had it: take it into a stockroom.")


def _into_stock(record, at, by):
    """Back in a stockroom it is nobody's; what was said about its condition stays unless something else is said."""
    return FREE


def _received(record, at, by):
    return FREE | {"substate": "available" if not record.substate else record.substate}


def _out(record, at, by):
    return UNRESERVED | {"stockroom": None, "substate": "", "received_at": None}


def _as_reserved(record, at, by):
    return _out(record, at, by) | {"requester": record.reserved_for, "loan_until": None}


def _away(record, at, by):
    return UNRESERVED | {"stockroom": None, "substate": ""}


def _retired(record, at, by):
    return FREE | UNRESERVED | {"substate": ""}


def _disposed(record, at, by):
    return FREE | {"stockroom": None, "substate": "", "closed_at": at}


class AssetLifecycle(Lifecycle):
    """The way of an asset from the order to its disposal (features 4.3). Each step says why; the steps together are the history of its custody."""

    ON_ORDER = State(_("On order"), Phase.OPEN, "new")
    IN_STOCK = State(_("In stock"), Phase.STANDING, "open")
    IN_TRANSIT = State(_("In transit"), Phase.OPEN, "wait")
    IN_USE = State(_("In use"), Phase.STANDING, "done")
    IN_REPAIR = State(_("In repair"), Phase.OPEN, "work")
    MISSING = State(_("Missing"), Phase.OPEN, "wait")
    STOLEN = State(_("Stolen"), Phase.OPEN, "wait")
    RETIRED = State(_("Retired"), Phase.STANDING, "wait")
    DISPOSED = State(_("Disposed"), Phase.FINAL, "done")

    receive = Move(ON_ORDER | IN_TRANSIT, to=IN_STOCK, label=_("Receive"), needs="asset.issue", icon="download", ask=("stockroom", "because"), sets=_received)
    hand_out = Move(IN_STOCK, to=IN_USE, label=_("Hand out"), needs="asset.issue", icon="hand", guard=_not_reserved, ask=("requester", "place", "because"), optional=("place",), sets=_out)
    lend = Move(IN_STOCK, to=IN_USE, label=_("Lend"), needs="asset.issue", icon="calendar-clock", guard=_not_reserved, ask=("requester", "loan_until", "because"), sets=_out)
    hand_reserved = Move(IN_STOCK, to=IN_USE, label=_("Hand out as reserved"), needs="asset.issue", icon="hand", guard=_reserved, ask=("because",), sets=_as_reserved)
    install = Move(IN_STOCK, to=IN_USE, label=_("Install"), needs="asset.issue", icon="wrench", guard=_not_reserved, ask=("site", "place", "because"), sets=_out)
    take_back = Move(IN_USE, to=IN_STOCK, label=_("Take back"), needs="asset.issue", icon="undo-2", ask=("stockroom", "substate", "because"), optional=("substate",), sets=_into_stock)
    ship = Move(IN_STOCK | IN_REPAIR, to=IN_TRANSIT, label=_("Send"), needs="asset.issue", icon="truck", ask=("stockroom", "because"))
    repair = Move(IN_STOCK | IN_USE, to=IN_REPAIR, label=_("Give in for repair"), needs="asset.issue", icon="wrench", ask=("because",), sets=_away)
    repaired = Move(IN_REPAIR, to=IN_STOCK, label=_("Repaired, into stock"), needs="asset.issue", icon="archive", ask=("stockroom", "because"), sets=_into_stock)
    give_again = Move(IN_REPAIR, to=IN_USE, label=_("Repaired, back in use"), needs="asset.issue", icon="check", guard=_held, ask=("because",))
    lose = Move(IN_STOCK | IN_USE | IN_TRANSIT | IN_REPAIR, to=MISSING, label=_("Report missing"), needs="asset.issue", icon="eye", ask=("because",), sets=_away)
    steal = Move(IN_STOCK | IN_USE | IN_TRANSIT | IN_REPAIR | MISSING, to=STOLEN, label=_("Report stolen"), needs="asset.issue", icon="siren", ask=("because",), sets=_away)
    find = Move(MISSING | STOLEN, to=IN_STOCK, label=_("Found"), needs="asset.issue", icon="search", ask=("stockroom", "substate", "because"), optional=("substate",), sets=_into_stock)
    retire = Move(IN_STOCK | IN_REPAIR | MISSING | STOLEN, to=RETIRED, label=_("Retire"), needs="asset.change", icon="archive", ask=("because",), sets=_retired)
    keep = Move(RETIRED, to=IN_STOCK, label=_("Keep it"), needs="asset.change", icon="undo-2", ask=("stockroom", "because"))
    dispose = Move(RETIRED, to=DISPOSED, label=_("Dispose of it"), needs="asset.dispose", icon="x", ask=("disposal", "disposed_on", "certificate", "wiped", "proceeds", "because"),
                   optional=("certificate", "wiped", "proceeds"), sets=_disposed)
    cancel = Move(ON_ORDER, to=DISPOSED, label=_("It does not come"), needs="asset.change", icon="x", ask=("because",), sets=lambda record, at, by: {"disposal": "never_came", "closed_at": at})
