"""For all: conditions as formulas of a solver (z3, the extra `solver`), over every record at once.

A record here has exact values, fixed moments, so many events in each list, and one reading of each item, or so many
with an exact day each (`enough` says how many). What cannot be written down exactly is refused by name; of powers alone
more is taken for possible than is. The interpreter is not asked, and knows nothing of this.
"""
