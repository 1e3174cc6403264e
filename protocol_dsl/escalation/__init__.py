"""Dose escalation: a design as a Moore machine, run for one history, pushed through all of them, and verified.

Its types are `Design` (start, step, move) and `History`. It knows dose levels and counts of patients, and nothing of
records, criteria or texts: who counts as a DLT is settled before anything gets here.
"""
