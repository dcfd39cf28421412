"""Superset: how it is started, and what it is told of tenants and users over its REST API."""
