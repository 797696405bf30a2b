"""Stock-take: what is really there, by scan or by file, and what becomes of the differences (AST-04)."""
