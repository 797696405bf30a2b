"""Drawing: a handful of generic views that turn declarations into pages, fragments and answers."""
