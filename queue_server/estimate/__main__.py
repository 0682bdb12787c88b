"""The process that estimates: it reads snapshots from its standard input and writes ranges to its standard output.

It runs apart, and politely, so that a full hall never delays a command, and ends with its input.
"""

import contextlib
import os
import random
import sys
from typing import BinaryIO, Final

import msgspec

from queue_server.core.snapshot import Snapshot
from queue_server.estimate.frames import encode_answer, read_frame, write_frame
from queue_server.estimate.ranges import estimate

NICE: Final = 10
"""An estimate may take its time; a number, a call and a picture may not."""


def answer_all(questions: BinaryIO, answers: BinaryIO, chance: random.Random) -> None:
    """Answer snapshots until the pipe is closed."""
    while (body := read_frame(questions)) is not None:
        snapshot = msgspec.json.decode(body, type=Snapshot)
        write_frame(answers, encode_answer(estimate(snapshot, chance)))


if __name__ == "__main__":
    os.nice(NICE)
    # The server may be gone, killed even, before its last question is answered: then nobody waits for the answer.
    with contextlib.suppress(BrokenPipeError):
        answer_all(sys.stdin.buffer, sys.stdout.buffer, random.Random(0))  # noqa: S311 -- it wants to be repeatable.
