"""Check bytes that makers close their frames with. Pure."""

from collections.abc import Callable
from typing import Final


def sum8(data: bytes) -> int:
    """Return the sum of all bytes, its lowest eight bits."""
    return sum(data) & 0xFF


def xor8(data: bytes) -> int:
    """Return the exclusive or of all bytes."""
    total = 0
    for byte in data:
        total ^= byte
    return total


def lrc(data: bytes) -> int:
    """Return the longitudinal redundancy check of Modbus ASCII: what makes the sum of all bytes 0."""
    return -sum(data) & 0xFF


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_CRC: Final = _crc_table()


def crc16(data: bytes) -> int:
    """Return the CRC-16 of Modbus (polynomial A001h, begun with FFFFh); it goes out with its low byte first."""
    value = 0xFFFF
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value


def crc16_bytes(data: bytes) -> bytes:
    """Return the two bytes that close a Modbus RTU frame."""
    return crc16(data).to_bytes(2, "little")


CHECKS: Final[dict[str, tuple[int, Callable[[bytes], bytes]]]] = {
    "none": (0, lambda _: b""),
    "sum8": (1, lambda data: bytes((sum8(data),))),
    "xor": (1, lambda data: bytes((xor8(data),))),
    "lrc": (1, lambda data: bytes((lrc(data),))),
    "crc16": (2, crc16_bytes),
}
"""How many bytes each kind of check has, and what they are."""
