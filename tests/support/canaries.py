"""Names and numbers that must turn up nowhere, looked for in every form in which they might."""

import base64
import hashlib
import json
import unicodedata
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path

LEAST_BYTES = 5
"""Shorter pieces would be found by chance."""


def forms(secret: str) -> dict[str, bytes]:
    """Give a secret in each form by name, whole pieces only: as text, coded, escaped, or as a hash without a key."""
    found: dict[str, bytes] = {}
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, secret)
        plain = text.encode()
        found |= {
            f"{form} utf-8": plain,
            f"{form} utf-16": text.encode("utf-16-le"),
            f"{form} hex": plain.hex().encode(),
            f"{form} HEX": plain.hex().upper().encode(),
            f"{form} hex with spaces": plain.hex(" ").encode(),
            f"{form} escaped": json.dumps(text)[1:-1].encode(),
            f"{form} repr": ascii(plain)[2:-1].encode(),
            f"{form} url": urllib.parse.quote(text).encode(),
            f"{form} backwards": text[::-1].encode(),
        }
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + plain)
            # The first and the last signs hang on the neighbours; those between are the same wherever it stands.
            found[f"{form} base64 at {shift}"] = coded[4 if shift else 0 : len(coded) - 4]
        for name in ("md5", "sha1", "sha256"):
            found[f"{form} {name}"] = hashlib.new(name, plain, usedforsecurity=False).hexdigest().encode()
    return {name: piece for name, piece in found.items() if len(piece) >= LEAST_BYTES}


def traces(secrets: Iterable[str], places: Iterable[tuple[str, bytes]]) -> Iterator[str]:
    """Yield "place: form" for each form of a secret that stands in one of the places."""
    wanted = [form for secret in secrets for form in forms(secret).items()]
    for place, data in places:
        yield from (f"{place}: {name}" for name, piece in wanted if piece in data)


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file below the folders, with its bytes; sockets and pipes have none."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield str(path), path.read_bytes()
