"""Incident management (ITIL 4; service operation in v3): restore normal service as quickly as possible."""
