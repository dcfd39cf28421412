"""Cache backends: a file cache with a size limit, and a per-user store of filter states."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from cachetools import TTLCache, cached
from flask import Flask
from flask_caching.backends.base import BaseCache
from flask_caching.backends.filesystemcache import FileSystemCache
from superset.extensions.metastore_cache import SupersetMetastoreCache
from superset.key_value.types import JsonKeyValueCodec
from superset.utils.core import get_user_id

from geniai_superset.tenancy import postgres_login

DESCRIPTION_SECONDS = 300
"""Lifetime of a dashboard's description, here and in browsers."""


def cache_datasets(describe: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Caches a dashboard's description of its datasets until the dashboard changes."""
    store: TTLCache[Any, Any] = TTLCache(100, DESCRIPTION_SECONDS)

    def key(dashboard: Any) -> tuple[Any, Any]:
        return dashboard.id, dashboard.changed_on

    return cached(store, key=key, lock=Lock())(describe)


class UserCache(SupersetMetastoreCache):
    """Superset's metastore cache with the user as a part of each key.

    Superset stores an entry's owner, but reads it only before it changes the entry. Here the key
    holds the user's id. It also holds their Postgres login, because staff open the dashboards of
    several tenants.
    Values are JSON, which cannot contain code.
    """

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> BaseCache:
        """Creates the cache for Flask-Caching."""
        cache: BaseCache = super().factory(
            app, {**config, "CODEC": JsonKeyValueCodec()}, args, kwargs
        )
        return cache

    def get_key(self, key: str) -> UUID:
        """Returns the key of the signed-in user's entry."""
        number: UUID = super().get_key(f"{get_user_id()} {postgres_login()} {key}")
        return number


class BoundedFileCache(FileSystemCache):
    """A file cache with a size limit in bytes; it evicts the oldest files first.

    Each process checks the size whenever it has written a twentieth of the limit. So the cache may
    exceed the limit by a twentieth per process.
    """

    _PART = 20

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        self._max_bytes = max_bytes
        self._written = max_bytes  # the size of existing files is not known yet
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def set(
        self,
        key: str,
        value: Any,
        timeout: int | timedelta | None = None,
        mgmt_element: bool = False,
    ) -> bool:
        """Stores a value, then evicts files over the limit."""
        is_stored = bool(super().set(key, value, timeout, mgmt_element))
        if is_stored and not mgmt_element:
            stat = _stat(Path(self._get_filename(key)))
            self._written += stat.st_size if stat else 0
            if self._written > self._max_bytes // self._PART:
                self._written = 0
                self._shrink()
        return is_stored

    def _shrink(self) -> None:
        found = [(path, _stat(path)) for path in map(Path, self._list_dir())]
        files = sorted((stat.st_mtime, stat.st_size, path) for path, stat in found if stat)
        left, removed = sum(size for _, size, _ in files), 0
        for _, size, path in files:
            if left <= self._max_bytes:
                break
            path.unlink(missing_ok=True)  # another process may have deleted it
            left, removed = left - size, removed + 1
        if removed:
            self._update_count(delta=-removed)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
