"""The frame: kinds, lifecycles, display, actors, events, jobs, settings, content. It knows no record."""
