"""The only way to write: check, store, log, in one transaction. Every interface calls these functions and no others."""

from .act import act
from .change import change
from .gate import hold, trial, writing
from .link import batches, link, link_many, unlink
from .move import move, until_closed, until_done, why_not_closed
from .note import note
from .once import once
from .open import open_record
from .replay import Happening, History, replay
from .rows import remove, save, save_many

__all__ = ["Happening", "History", "act", "batches", "change", "hold", "link", "link_many", "move", "note", "once", "open_record", "remove", "replay",
           "save", "save_many", "trial", "unlink", "until_closed", "until_done", "why_not_closed", "writing"]
