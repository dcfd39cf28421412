"""Isolation tests: attacks on the data database; ``expected`` lists what is allowed."""
