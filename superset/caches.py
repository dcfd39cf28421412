"""Where Superset keeps what a person has set on a page."""

from typing import Any
from uuid import UUID

from flask import Flask
from flask_caching import BaseCache
from superset.extensions.metastore_cache import SupersetMetastoreCache
from superset.key_value.types import JsonKeyValueCodec
from superset.utils.core import get_user_id
from tenancy import postgres_login


class OwnCache(SupersetMetastoreCache):
    """Superset's cache in its database, in which everybody finds only what they have kept.

    Superset notes an entry's owner, and asks for it only before it changes the entry. Here the
    owner is a part of each key: their number, and their Postgres login, because one of the staff
    looks through more than one client's eyes. Values are JSON, from which no code can come.
    """

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> BaseCache:
        """The cache, as Flask-Caching asks for it."""
        return super().factory(app, {**config, "CODEC": JsonKeyValueCodec()}, args, kwargs)

    def get_key(self, key: str) -> UUID:
        """Where the signed-in user's entry of that key is."""
        return super().get_key(f"{get_user_id()} {postgres_login()} {key}")
