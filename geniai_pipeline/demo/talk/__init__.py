"""What people type: the grammars, the people and the scenarios of the sample gyms.

``grammar`` expands templates, ``people`` makes up who writes, ``style`` is how they type, ``places``
is what each gym would answer, ``dialogue`` keeps the clock of one conversation, the scenario modules
(``leads``, ``visits``, ``members``, ``others``) tell stories with it, and ``scripts`` picks one.
"""
