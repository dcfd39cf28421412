"""Postgres: connections, migrations, one tenant's transactions, bulk upsert, the watermark."""
