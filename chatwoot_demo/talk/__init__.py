"""Generates the conversations of the sample gyms: grammars, people and scenarios.

``grammar`` expands templates. ``people`` generates contacts, and ``style`` their way of typing.
``places`` has each gym's answers, ``calendar`` draws delays and days, ``phrasing`` fills templates.
``dialogue`` builds the turns of one script, with what each means. The scenarios in ``leads``,
``visits``, ``attendance``, ``members``, ``relations``, ``campaigns`` and ``others`` call it with
the phrases of ``common``, ``topics``, ``goals``, ``affairs`` and ``invitations``. ``kinds`` lists
them; ``scripts`` draws one and ``closings`` ends it.
"""
