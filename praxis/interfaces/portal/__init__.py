"""Self-service: what an employee reported, in her own words, and a way to report something new."""
