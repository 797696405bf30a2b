"""Assets: what the company owns or rents, who has it, what it is worth; the item of the configuration beside it says how it works (AST-01)."""
