"""What was written: text to tree and diagnostics, and back to canonical text.

The tree holds the words exactly as they stand in the file, each with its place.
It must not know what they mean: names are not looked up here and units are not converted.
"""
