"""Sources: where facts about a record come from, whom to believe, what a record is recognised by, and what a person has to judge."""
