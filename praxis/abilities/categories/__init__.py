"""What a person feels is wrong: a tree of at most three levels, chosen by its full path."""
