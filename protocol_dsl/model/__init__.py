"""What is meant: a protocol, a patient's record and a decision, as data only.

Every name is bound and every number is in the base unit of its dimension.
Nothing here reads a file, a clock or a random source, and nothing here evaluates.
"""
