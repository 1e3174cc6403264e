"""What an amendment means: clauses paired across two versions, asked whether they ever differ, and shown the patient.

Nothing here decides for itself. Truth comes from the interpreter, read on records that are made up for the question; a
difference is a record that the interpreter judges differently under the two versions, and nothing less. Of one version
by itself it is asked what can never be, and whatever is not read exactly may come out in any way there.
"""
