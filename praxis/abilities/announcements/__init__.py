"""Announcements: what everybody, or the desk, should know from one moment to another (SDK-08)."""
