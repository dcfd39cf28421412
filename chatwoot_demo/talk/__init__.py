"""Generates the conversations of the sample gyms: grammars, people and scenarios.

``grammar`` expands templates. ``people`` generates contacts, and ``style`` their way of typing.
``places`` has each gym's answers, and ``calendar`` draws delays and days. ``dialogue`` builds the
turns of one conversation. The scenarios in ``leads``, ``visits``, ``members`` and ``others`` call
it with the phrases of ``common``, ``topics``, ``goals``, ``affairs`` and ``invitations``.
``scripts`` draws one scenario.
"""
