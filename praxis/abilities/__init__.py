"""What any record can do: each ability is a small app; abilities do not know each other."""
