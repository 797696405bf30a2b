"""What happened to a service or an item, of every practice, in one line of time; now, or as any past moment saw it."""
