"""The Chatwoot stand-in: a real HTTP server that hosts ten sample gyms on one installation.

``gyms`` says who they are, ``talk`` writes what their customers type, ``world`` keeps the accounts
and their clock, ``views`` and ``finders`` shape the answers, ``server`` serves them.
"""
