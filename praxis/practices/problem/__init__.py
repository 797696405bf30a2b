"""Problem management: the causes of incidents, found, worked round, published as known errors, and removed (ITIL 4 problem management)."""
