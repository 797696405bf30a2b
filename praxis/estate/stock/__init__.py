"""Stockrooms, and what lies in them by number: consumables that are taken, delivered and moved (AST-03)."""
