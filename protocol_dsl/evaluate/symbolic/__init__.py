"""For all: conditions as formulas of a solver (z3, the extra `solver`), over every record at once.

A record here has one exact reading of each item or none, fixed moments, and one event in a list at most. What cannot be
written down exactly is refused by name, never approximated. The interpreter is not asked, and knows nothing of this.
"""
