"""From files of data to records: one module for each form of data.

A reader never drops a row in silence and never raises on data: what it cannot use becomes a diagnostic, and keeps its
place in the record as unreadable. It knows the vocabulary of a protocol and nothing of its conditions.
"""
