"""The run's typed events, one JSON object a line, written whole: what the training view reads and nothing else.

Every process has an `Events`; only the one that leads writes.
"""

import json
import math
import os
from datetime import UTC, datetime
from pathlib import Path

VERSION = 1


class Events:
    def __init__(self, file: Path, leads: bool, echo: bool = False):
        """`echo`: print every event to stdout as well."""
        self.file, self.echo = file if leads else None, echo
        if leads:
            _drop_half_a_line(file)

    def write(self, type: str, **fields):
        if self.file is None:
            return
        # JSON has no word for what is not a number.
        fields = {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()}
        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"v": VERSION, "time": time, "type": type, **fields}, ensure_ascii=False) + "\n"
        # One write of one line in append mode: a reader never sees two lines mixed, and a kill leaves half of the last at most.
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)
        if self.echo:
            print(line, end="", flush=True)


def read_events(file: Path) -> list[dict]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


def _drop_half_a_line(file: Path):
    """What a kill in the middle of a write left behind."""
    if file.exists():
        content = file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(file, whole)
