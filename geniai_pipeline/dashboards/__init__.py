"""Superset: its commands, and tenants and users through its REST API and database."""
