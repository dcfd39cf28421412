"""Event log of the simulated world: its start, then one line per event."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class EventLog:
    """An append-only file of JSON lines in ``directory``; without one, nothing is stored.

    ``seed`` and ``anchor`` are those of the first start. An incomplete last line, after a crash, is
    dropped.

    Raises:
        ValueError: the directory belongs to another seed or anchor, or a line in its middle is
            damaged.

    """

    def __init__(self, directory: Path | None, *, seed: int | None, anchor: float | None) -> None:
        now = time.time()
        self.seed = 1 if seed is None else seed
        self.anchor = now if anchor is None else anchor
        self.offset = self.anchor - now
        self._path = directory / "journal.jsonl" if directory else None
        self._events: list[dict[str, Any]] = []
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lines = self._read(self._path)
        if lines:
            first, *self._events = lines
            for name, value, stored in (
                ("seed", seed, first["seed"]),
                ("anchor", anchor, first["anchor"]),
            ):
                if value is not None and value != stored:
                    raise ValueError(
                        f"{self._path} began with {name} {stored}, not {value}: use another folder."
                    )
            self.seed, self.anchor, self.offset = first["seed"], first["anchor"], first["offset"]
        else:
            self.write({"seed": self.seed, "anchor": self.anchor, "offset": self.offset})

    def events(self) -> Iterator[dict[str, Any]]:
        """Yields the events before this start, in order."""
        yield from self._events
        self._events.clear()

    def write(self, line: dict[str, Any]) -> None:
        """Appends one line."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    @staticmethod
    def _read(path: Path) -> list[dict[str, Any]]:
        """Reads the file's lines and truncates an incomplete last line."""
        if not path.exists():
            return []
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            with path.open("r+b") as file:
                file.truncate(len(whole))
        lines = []
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                lines.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"{path}, line {number} is damaged: {line[:80]!r}") from error
        return lines
