"""Services: what IT provides, to whom, how critical, in which hours and by whom it is supported (service catalogue, ITIL)."""
