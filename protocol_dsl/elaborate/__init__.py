"""From what is written to what is meant: names are bound, kinds agree, quantities are in base units, sugar is gone.

`build.elaborate` takes the tree of a file and gives a sound `Protocol`, or every error that was found and no protocol.
It knows neither records nor truth: what a condition comes to is the evaluators' affair.
"""
