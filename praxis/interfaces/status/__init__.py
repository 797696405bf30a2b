"""The public status page of an organisation: what works, what does not, since when, and when there is news (STS-01)."""
