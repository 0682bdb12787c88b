"""A disk in memory under the real SQLite: every write is recorded, so that it can be cut at any of them.

The shim has no shared memory, so SQLite must run with ``locking_mode=exclusive`` over it. It models what a kernel and a
disk may do: bytes written but not synced are lost, kept, torn at a sector, or reach the disk out of order.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast

import apsw

SECTOR = 512

Fault = Literal["io", "full"]


class Write(NamedTuple):
    name: str
    offset: int
    data: bytes


class Truncate(NamedTuple):
    name: str
    size: int


class Sync(NamedTuple):
    name: str


class Delete(NamedTuple):
    name: str
    synced: bool
    """Whether SQLite asked for the folder to be synced, so that the file stays away after a power cut."""


Operation = Write | Truncate | Sync | Delete

Image = dict[str, bytearray]


@dataclass
class Disk:
    """Files, what was done to them, and a hook that may make any call fail."""

    files: Image = field(default_factory=dict)
    done: list[Operation] = field(default_factory=list)
    before_call: Callable[[str], None] = lambda _call: None

    def do(self, operation: Operation) -> None:
        apply(self.files, operation)
        self.done.append(operation)


def apply(files: Image, operation: Operation) -> None:
    """Carry out an operation on files."""
    match operation:
        case Write(name, offset, data):
            content = files.setdefault(name, bytearray())
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case Truncate(name, size):
            del files.setdefault(name, bytearray())[size:]
        case Delete(name, _):
            files.pop(name, None)
        case Sync(name):
            files.setdefault(name, bytearray())


def copied(files: Image) -> Image:
    """Copy all files."""
    return {name: bytearray(content) for name, content in files.items()}


def torn(files: Image, operation: Operation, chance: random.Random) -> Image:
    """Give the files as they are when the machine stops in the middle of an operation."""
    image = copied(files)
    if isinstance(operation, Write):
        kept = chance.randrange(0, len(operation.data) + 1, SECTOR)
        apply(image, Write(operation.name, operation.offset, operation.data[:kept]))
    return image


def after_power_cut(safe: Image, pending: list[Operation], chance: random.Random) -> Image:
    """Give the files after a power cut: of what was not synced, any part may be there, in any order."""
    image = copied(safe)
    fate = chance.random()  # Now and then all of it, or nothing: the ends that random halves hardly ever reach.
    for operation in chance.sample(pending, len(pending)) if fate > 0.3 else pending:
        if fate < 0.1:
            continue
        if fate < 0.2 or not isinstance(operation, Write):
            if fate < 0.2 or chance.random() < 0.5:
                apply(image, operation)
            continue
        for start in range(0, len(operation.data), SECTOR):
            if chance.random() < 0.5:
                piece = operation.data[start : start + SECTOR]
                apply(image, Write(operation.name, operation.offset + start, piece))
    return image


class DiskVFS(apsw.VFS):
    """SQLite's view of a :class:`Disk`. Register it under a name, hand the name to the log, then unregister it."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "apsw.VFSFile":  # noqa: N802 -- SQLite's name.
        self.disk.before_call("open")
        path = name.filename() if isinstance(name, apsw.URIFilename) else (name or "temporary")
        flags[1] = flags[0]
        if path not in self.disk.files and flags[0] & apsw.SQLITE_OPEN_CREATE:
            self.disk.do(Sync(path))
        if path not in self.disk.files:
            raise apsw.CantOpenError(path)
        return cast("apsw.VFSFile", _File(path, self.disk))  # apsw asks for its methods, not for its class.

    def xDelete(self, name: str, sync_folder: bool) -> None:  # noqa: N802 -- SQLite's name.
        self.disk.before_call("delete")
        self.disk.do(Delete(name, sync_folder))

    def xAccess(self, name: str, _flags: int) -> bool:  # noqa: N802 -- SQLite's name.
        return name in self.disk.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802 -- SQLite's name.
        return name


class _File:
    """An open file; SQLite calls it by these names."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._name = name
        self._disk = disk

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802 -- SQLite's name.
        self._disk.before_call("read")
        return bytes(self._disk.files.get(self._name, b"")[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 -- SQLite's name.
        self._disk.before_call("write")
        self._disk.do(Write(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802 -- SQLite's name.
        self._disk.before_call("truncate")
        self._disk.do(Truncate(self._name, size))

    def xSync(self, _flags: int) -> None:  # noqa: N802 -- SQLite's name.
        self._disk.before_call("sync")
        self._disk.do(Sync(self._name))

    def xFileSize(self) -> int:  # noqa: N802 -- SQLite's name.
        return len(self._disk.files.get(self._name, b""))

    def xClose(self) -> None:  # noqa: N802 -- SQLite's name.
        pass

    def xLock(self, _level: int) -> None:  # noqa: N802 -- SQLite's name.
        pass

    def xUnlock(self, _level: int) -> None:  # noqa: N802 -- SQLite's name.
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802 -- SQLite's name.
        return False

    def xFileControl(self, _operation: int, _pointer: int) -> bool:  # noqa: N802 -- SQLite's name.
        return False

    def xSectorSize(self) -> int:  # noqa: N802 -- SQLite's name.
        return 4096

    def xDeviceCharacteristics(self) -> int:  # noqa: N802 -- SQLite's name.
        return int(apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE)
