"""SQLite as Praxis needs it: letters of every language fold alike."""
