"""Pictures of what is computed elsewhere: one file for each, from a result to SVG, and a page that holds them.

A picture is a text: the same result gives the same bytes. It needs no font, script or style from elsewhere, its words
can be selected, and it says in words what it shows. It reads in black and white: whatever a colour says, a letter or a
pattern says too. Nothing here computes a decision or a probability.
"""
