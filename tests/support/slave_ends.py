"""Real ptys: a simulated slave at the far end of one, and two joined to a cable between two programs."""

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from typing import Self

from hardware.simulated.wire import SlaveModel


def _pty() -> tuple[int, int]:
    far, near = os.openpty()
    tty.setraw(near)
    return far, near


class _Served:
    """Ptys whose far ends a thread reads; each is left as soon as the test is."""

    def __init__(self, ends: int) -> None:
        self._ptys = [_pty() for _ in range(ends)]
        self.paths = [os.ttyname(near) for _, near in self._ptys]
        self._ending, self._end = os.pipe()
        self._thread = threading.Thread(target=self._run, name="pty-ends")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._end, b"x")
        self._thread.join()
        for descriptor in (*(each for pty in self._ptys for each in pty), self._ending, self._end):
            os.close(descriptor)

    def _run(self) -> None:
        places = {far: place for place, (far, _) in enumerate(self._ptys)}
        while True:
            ready, _, _ = select.select([*places, self._ending], [], [])
            if self._ending in ready:
                return
            for far in ready:
                self.heard(places[far], os.read(far, 256))

    def say(self, place: int, data: bytes) -> None:
        os.write(self._ptys[place][0], data)

    def heard(self, place: int, data: bytes) -> None:
        raise NotImplementedError


class SlaveEnd(_Served):
    """Serves one slave in a thread. ``path`` is the serial port that the other program opens."""

    def __init__(self, slave: SlaveModel, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(1)
        self.slave = slave
        (self.path,) = self.paths
        self._now_s = now_s

    def heard(self, place: int, data: bytes) -> None:
        """Let the slave hear, and say what it answers."""
        answer = self.slave.receive(data, self._now_s())
        if answer:
            self.say(place, answer)


class Cable(_Served):
    """Two serial ports joined: what goes into one of ``paths`` comes out of the other."""

    def __init__(self) -> None:
        super().__init__(2)

    def heard(self, place: int, data: bytes) -> None:
        """Pass it on."""
        self.say(1 - place, data)
