"""Discovery: what agents and scans send, read with distrust and turned into reports for the configuration's reconciliation."""
