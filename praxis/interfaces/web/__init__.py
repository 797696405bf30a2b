"""The agents' workspace: signing in, my work, lists, records, search, account."""
