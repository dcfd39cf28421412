"""Where Superset keeps answers, and what a person has set on a page."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask_caching.backends.base import BaseCache
from flask_caching.backends.filesystemcache import FileSystemCache
from superset.extensions.metastore_cache import SupersetMetastoreCache
from superset.key_value.types import JsonKeyValueCodec
from superset.utils.core import get_user_id

from geniai_superset.tenancy import postgres_login


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
        cache: BaseCache = super().factory(
            app, {**config, "CODEC": JsonKeyValueCodec()}, args, kwargs
        )
        return cache

    def get_key(self, key: str) -> UUID:
        """Where the signed-in user's entry of that key is."""
        number: UUID = super().get_key(f"{get_user_id()} {postgres_login()} {key}")
        return number


class BoundedFileCache(FileSystemCache):
    """A cache in files that take no more than so many bytes together; the oldest go first.

    Each process looks whenever it has written a twentieth of that, so it may be passed by a
    twentieth per process.
    """

    _PART = 20

    def __init__(self, *args: Any, max_bytes: int, **kwargs: Any) -> None:
        self._max_bytes = max_bytes
        self._written = max_bytes  # what is there already is not known yet
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]

    def set(
        self,
        key: str,
        value: Any,
        timeout: int | timedelta | None = None,
        mgmt_element: bool = False,
    ) -> bool:
        """Keeps a value, and makes room for the next one."""
        is_kept = bool(super().set(key, value, timeout, mgmt_element))
        if is_kept and not mgmt_element:
            stat = _stat(Path(self._get_filename(key)))
            self._written += stat.st_size if stat else 0
            if self._written > self._max_bytes // self._PART:
                self._written = 0
                self._shrink()
        return is_kept

    def _shrink(self) -> None:
        found = [(path, _stat(path)) for path in map(Path, self._list_dir())]
        files = sorted((stat.st_mtime, stat.st_size, path) for path, stat in found if stat)
        left, removed = sum(size for _, size, _ in files), 0
        for _, size, path in files:
            if left <= self._max_bytes:
                break
            path.unlink(missing_ok=True)  # another process may be quicker
            left, removed = left - size, removed + 1
        if removed:
            self._update_count(delta=-removed)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None
