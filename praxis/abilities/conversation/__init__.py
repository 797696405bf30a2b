"""What is said on a record: public replies, internal notes and files. The event log is the timeline."""
