"""Generates the conversations of the sample gyms: grammars, people and scenarios.

``grammar`` expands templates, ``people`` makes up who writes, ``style`` is how they type,
``places`` what each gym would answer, ``calendar`` how long things take. ``dialogue`` is one
conversation being written; ``leads``, ``visits``, ``members`` and ``others`` tell stories with it,
out of the phrases of ``common``, ``topics``, ``goals``, ``affairs`` and ``invitations``;
``scripts`` picks one of them.
"""
