"""Monitoring and event management: what monitoring tells, correlated by the graph and by time, as few incidents as there are troubles (ITIL 4)."""
