"""Effort: time that people spent on records, typed or timed."""
