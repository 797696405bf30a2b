"""What people do: one app a practice; practices do not know each other."""
