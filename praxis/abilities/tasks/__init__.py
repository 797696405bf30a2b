"""Tasks: steps of work on any record, each with a group, an owner and a date of its own, in order or side by side."""
