"""Service configuration management: what the services run on, what depends on what, and what breaks if it stops."""
