"""From a protocol and a record to truth, verdict and reasons, for one patient.

`interpret` is the definition of the language: what a condition means on a record. `decide` combines clauses into a
verdict. Neither sees text, and neither writes prose; `account` does.
"""
