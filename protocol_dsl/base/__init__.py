"""What every other layer stands on: places in text, diagnostics, truth, time and quantities.

Its main types are `Span`, `Diagnostic`, `Truth` and `Quantity`; all are values. Nothing here knows what a
protocol is.
"""
