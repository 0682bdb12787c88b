"""Which programs of this machine hold a device: by what the kernel tells of open files and connections.

A device that is held is not ours to try. ``flock`` says only *that* it is held; a technician must know by whom.
"""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

PROC: Final = Path("/proc")
ESTABLISHED: Final = "01"  # include/net/tcp_states.h
WORDS_SHOWN: Final = 6
FAR_ENDS: Final = ("/dev/ptmx", "/dev/pts/ptmx")
"""Who has these open is the far end of a pseudo-terminal: the simulated device itself, which holds both ends."""


class Holder(NamedTuple):
    """A program that holds a device. ``command`` is how it was started."""

    process_id: int
    command: str

    def __str__(self) -> str:
        return f"{self.command} (process {self.process_id})"


def holders(address: str, proc: Path = PROC) -> list[Holder]:
    """Give the other programs that hold the device of an address, as far as this user may see them.

    Programs of other users are seen by root alone; an empty list therefore does not prove that nobody holds it.
    """
    parts = urlsplit(address)
    if parts.scheme in {"serial", "file", "evdev"}:
        wanted = {os.path.realpath(parts.path)}
    elif parts.scheme == "tcp" and parts.hostname and parts.port:
        wanted = {f"socket:[{inode}]" for inode in _connections(parts.hostname, parts.port, proc)}
    else:
        return []
    found = []
    for program in _programs(proc):
        opened = set(_open_files(program.process_id, proc))
        if not wanted.isdisjoint(opened) and opened.isdisjoint(FAR_ENDS):
            found.append(program)
    return found


def _programs(proc: Path) -> Iterator[Holder]:
    for folder in proc.iterdir():
        if not folder.name.isdecimal() or int(folder.name) == os.getpid():
            continue
        try:
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue  # It has ended meanwhile.
        yield Holder(int(folder.name), " ".join(words[:WORDS_SHOWN]).strip())


def _open_files(process_id: int, proc: Path) -> Iterator[str]:
    try:
        links = list((proc / str(process_id) / "fd").iterdir())
    except OSError:
        return  # Another user's, or it has ended.
    for link in links:
        try:
            yield str(link.readlink())
        except OSError:
            continue  # Closed meanwhile.


def _connections(host: str, port: int, proc: Path) -> Iterator[str]:
    """Give the inodes of this machine's connections to a device in the network."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    ends = {f"{_as_kernel(str(end[4][0]))}:{port:04X}" for end in found}
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue  # A machine without IPv6.
        for line in lines:
            _, _, far_end, state, _, _, _, _, _, inode, *_ = line.split()
            if far_end in ends and state == ESTABLISHED:
                yield inode


def _as_kernel(host: str) -> str:
    """Write an address as ``/proc/net/tcp`` does: words of 32 bits, each in the order of this machine's bytes."""
    packed = ipaddress.ip_address(host.partition("%")[0]).packed
    words = (packed[place : place + 4] for place in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, 'little'):08X}" for word in words)
