"""Suggested messages: what they say, and that what holds names no passed time."""
