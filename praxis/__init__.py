"""Praxis: open IT service management, aligned with ITIL."""

__version__ = "0.1.0"
