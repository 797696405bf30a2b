"""Ways in: each turns a protocol into calls of records.write and reads; interfaces do not know each other."""
