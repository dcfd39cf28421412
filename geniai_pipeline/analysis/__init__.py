"""Conversation analysis: who is a lead, how warm, and what to answer next.

``base`` has the types and the ``Analyzer`` protocol, ``scoring`` turns evidence into the 0-5 score,
``local`` is the analyzer that needs no network (``rules`` on the command line: rules and a logistic
regression), ``openai`` the one within a budget, ``evaluation`` measures them; ``files`` reads and
writes conversation files, ``ini_files`` the analyzers' phrases and word lists.
"""
