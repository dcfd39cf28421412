"""Tests of live: the receiver, the poll, the worker and what they write."""
