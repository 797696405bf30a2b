"""People, teams, organisations and sites; what they may do; how they sign in."""
