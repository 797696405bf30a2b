"""The one record model, and the one way to write it."""
