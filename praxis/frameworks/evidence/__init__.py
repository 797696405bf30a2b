"""What shows that Praxis is worked in as ITIL means it: one criterion a line, each with the records that show it or that do not."""
