"""Release management: new and changed services made available for use, through gates, with what they bundle (ITIL 4 release management)."""
