"""Signals of monitoring, deduplicated: one row for each trouble, however often it is told. They are no records: there are too many."""
