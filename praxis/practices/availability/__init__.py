"""Availability management: outages, what they cost the users of a service, objectives and error budgets (ITIL 4 availability management)."""
