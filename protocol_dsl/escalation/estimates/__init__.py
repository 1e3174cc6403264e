"""The numbers behind the computed designs: pure functions from tallies to boundaries, fits and probabilities.

One file per family. Rates and limits are exact fractions wherever a boundary hangs on them; integrals that no fraction
can hold are floats or decimals that come with a bound on their error. Nothing here knows of designs, levels that
are closed, cohorts or texts: it knows how many were treated and how many had a DLT.
"""
