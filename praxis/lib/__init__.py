"""Plain Python without Django: time arithmetic, conditions, text. Everything here is a pure function of its arguments."""
