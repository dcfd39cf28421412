"""The Chatwoot stand-in: a real HTTP server that plays one installation, of a version to choose.

The protocol: ``server``, ``auth`` and ``api`` serve what ``queries`` and ``filters`` find in an
``installation`` of ``records``, in the shapes of ``serializers``. The rows: ``world`` fills an
installation with ten sample gyms (``gyms``), whose customers type what ``talk`` writes.
"""
