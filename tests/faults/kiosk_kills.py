"""Kill the kiosk's real program exactly at its N-th system call of a kind, again and again, while its server is gone.

As with the server the kill comes from strace's injection. What citizens saw is what the program had said by then; what
is on paper is what came out of the printer. Both belong to somebody, so both must be handed over in the end, once.
"""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import zxingcpp
from PIL import Image

from protocol.ticket_code import read_ticket_code
from tests.support.blind_kiosk import PATIENCE_S
from tests.support.real_hall import PaperPrinter

NUMBERS_A_LIFE: Final = 4
LIVES_A_KILL: Final = 4


@dataclass
class Witness:
    """What the hall owes: the numbers that were on the screen, by visit; and how the lives ended."""

    numbers: dict[str, set[str]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    lives: int = 0


def plans() -> Iterator[tuple[str, int]]:
    """Choose where to kill: at each write of the kiosk's two files, and at each flush."""
    for index in count():
        call, most = (("pwrite64", 40), ("pwrite64", 40), ("fdatasync", 12))[index % 3]
        yield call, 1 + (index * 2 // 3 if call == "pwrite64" else index // 3) % most


def live_and_die(folder: Path, printer: str, where: Iterable[tuple[str, int]], kills: int) -> Witness:
    """Let the kiosk live once for each plan until it was killed so often; then let it live once in peace."""
    witness = Witness()
    for call, number in where:
        inject = ("-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={number}")
        if _live(folder, printer, witness, "strace", "-f", "-D", "-qq", "-o", "/dev/null", *inject) < 0:
            witness.kills[call] += 1
        if witness.kills.total() >= kills:
            break
        assert witness.lives <= LIVES_A_KILL * kills, "the kiosk writes too little to be killed at it"
    assert _live(folder, printer, witness) == 0, "a kiosk in peace ends as it is told"
    return witness


def _live(folder: Path, printer: str, witness: Witness, *prefix: str) -> int:
    command = [*prefix, sys.executable, "-m", "tests.support.blind_kiosk", str(folder), printer, str(NUMBERS_A_LIFE)]
    witness.lives += 1
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=False)
    for line in done.stdout.splitlines():
        with contextlib.suppress(json.JSONDecodeError):  # The last line of a killed one may be half a line.
            if (told := json.loads(line)) != "done":
                witness.numbers.setdefault(told[0], set()).add(told[1])
    return done.returncode


def on_paper(printer: PaperPrinter) -> Counter[str]:
    """Count the tickets that came out, by visit."""
    found: Counter[str] = Counter()
    for ticket in printer.tickets():
        with Image.open(ticket["picture"]) as picture:
            codes = zxingcpp.read_barcodes(picture.convert("L"))
        for code in codes:
            printed = read_ticket_code(code.text)
            assert printed is not None, code.text
            found[printed.visit_id] += 1
    return found
