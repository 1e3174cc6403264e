"""From a level and a patient to an amount: what is multiplied, cut off and rounded, shown step by step.

What is not certain gives no amount, unless everything it may be leads to the same one. It informs; people decide.
"""
