"""Staffing: who is here, who covers whom, and who gets the next piece of work."""
