"""Suppliers, and contracts with them: what they cover, what they cost, when they have to be ended or renewed (AST-05)."""
