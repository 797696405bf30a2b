"""The `praxis` command."""
