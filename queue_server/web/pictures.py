"""The picture of a draft's ticket, drawn by a child process `motcua ticket`: the very drawing that goes to paper.

The pages may not import the devices' rooms, and a picture must not hold up presses: one child at a time, with a
deadline, and the last few pictures are kept.
"""

import hashlib
import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

DEADLINE_S: Final = 15
KEPT: Final = 8


class NoPicture(Exception):  # noqa: N818 -- a state of the draft.
    """The ticket of this draft cannot be drawn; says why."""


class Pictures:
    """Draws tickets."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def ticket(self, sources: Mapping[str, str], *, language: str, service_id: str = "") -> bytes:
        """Give the PNG of an example's ticket. Raises :class:`NoPicture`."""
        told = json.dumps(dict(sources)).encode()
        name = hashlib.sha256(b"\n".join((told, language.encode(), service_id.encode()))).hexdigest()
        with self._lock:
            if name not in self._kept:
                self._kept[name] = self._drawn(told, language, service_id)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            return self._kept[name]

    def _drawn(self, told: bytes, language: str, service_id: str) -> bytes:
        command = [
            *(sys.executable, "-m", "motcua", "ticket", "-", "--config", str(self._config)),
            *("--language", language, "--service", service_id),
        ]
        try:
            done = subprocess.run(  # noqa: S603 -- our own program; the draft comes by its input.
                command, input=told, capture_output=True, timeout=DEADLINE_S, check=False
            )
        except (subprocess.TimeoutExpired, OSError) as problem:
            raise NoPicture(str(problem)) from problem
        if done.returncode:
            raise NoPicture(done.stderr.decode(errors="replace").strip()[-500:])
        return done.stdout
