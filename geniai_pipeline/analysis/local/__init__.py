"""The local analyzer, `rules` on the command line: deterministic, without key or network.

Rules find phrases and evidence. `rules` reads the rules of `phrases/*.ini`, and `words` the lists
of `words.ini`. `matcher` finds rules in a message, `moments` its days and hours; `analysis.state`
is built on them, and `analysis.model` decides by both. `signals` collects the findings (`findings`)
of a conversation beside its state. `verdicts` selects the evidence of the model's score.
`reasoning` writes the reasons in Portuguese, and `analyzer` puts them together.
"""
