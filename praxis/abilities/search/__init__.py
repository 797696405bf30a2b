"""One box over numbers, titles, everything said, solutions and requesters. Engines match; the order is ours."""
