"""What the author expects: the examples of a file are run, what they exercise is told, and what they would notice."""
