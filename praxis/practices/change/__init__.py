"""Change enablement: the most changes that succeed, by judging risk, letting the right people decide, and keeping a calendar (ITIL 4)."""
