"""The command `protocol`: one file for each verb, which exposes it as `verb`. Only this package prints.

`main` finds the verb and imports no other; `console` is where a verb prints, `inputs` is what it reads.
"""
