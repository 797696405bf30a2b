"""Take over a table, CSV or XLSX, into any kind of record or administered row: mapped, tried, imported, undone (IMP-01)."""
