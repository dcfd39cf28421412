"""Chatwoot stand-in: an HTTP server that simulates one installation of a chosen version.

The protocol: ``server``, ``auth`` and ``api`` serve the ``records`` of an ``installation``, which
``queries`` and ``filters`` select and ``serializers`` format; ``webhooks`` lists the events of a
change and ``deliveries`` posts them. The data: ``world`` fills an installation with ten sample
gyms (``gyms``); ``history`` plans who writes when, ``talk`` writes scripts, ``script_player`` plays
them. ``truth`` says what they mean, ``lists`` who trains.
"""
