"""Whole trials invented from a protocol, for a rehearsal: records, and the truth they were made from.

The outcome of each patient is chosen first, and then entries are sought that make it so by `meaning`, a plain
two-valued reading of complete records that shares nothing with the interpreter. So the one can be held against the
other. Where neither way is found, that is said.
"""
