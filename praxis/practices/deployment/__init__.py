"""Deployment management: what was put where, when, with what result; the five measures of delivery come from it (ITIL 4 deployment management)."""
