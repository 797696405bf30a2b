"""Puts the floors together: settings, list of apps, addresses, server."""
