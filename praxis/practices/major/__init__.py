"""Major incidents: the procedure for those that hit the business hardest, with its room, roles, promised updates and review (ITIL 4 incident management)."""
