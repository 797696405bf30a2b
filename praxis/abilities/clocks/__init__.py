"""Service levels: calendars, targets, and the clocks that burn down against them. The arithmetic is praxis.lib.clock."""
