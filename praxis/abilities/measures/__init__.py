"""Measures: named numbers about records, the same in tiles, lists, exports and REST, and their history day by day."""
