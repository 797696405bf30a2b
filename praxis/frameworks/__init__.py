"""Neighbouring frameworks as packs over content and measures; the first arrive with their own issue."""
