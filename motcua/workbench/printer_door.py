"""Speak with the printer's door of a kiosk that runs on this machine; `kiosk.ticket.printer_door` has the language."""

import json
import os
import socket
from pathlib import Path
from time import monotonic
from typing import Any, Final

from kiosk.ticket.printer_door import SOCKET_NAME, open_folder, socket_in
from motcua.commands import Problem

ANSWER_MOST_BYTES: Final = 65_536


def tell_printer(state: Path, line: dict[str, str], *, deadline_s: float) -> dict[str, Any]:
    """Say one thing to the printer of the kiosk whose folder of state this is, and give the answer.

    Raises Problem: no such folder, not ours, no kiosk with a printer runs on it, no answer in time, a refusal.
    """
    try:
        folder = open_folder(state)
    except PermissionError as error:
        raise Problem(_not_ours(state)) from error
    except OSError as error:
        raise Problem(
            f"{state} is no folder that can be opened ({error.strerror}); give the kiosk's folder of state, "
            "usually --state /var/lib/motcua/kiosk"
        ) from error
    try:
        answer = _asked(state, socket_in(folder), line, deadline_s)
    finally:
        os.close(folder)
    if "error" in answer:
        raise Problem(f"{state}: the kiosk refuses: {answer['error']}")
    return answer


def _asked(state: Path, path: Path, line: dict[str, str], deadline_s: float) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.settimeout(deadline_s)
            connection.connect(str(path))
            connection.sendall(json.dumps(line).encode() + b"\n")
            said = _line_of(connection, monotonic() + deadline_s)
        except PermissionError as error:
            raise Problem(_not_ours(state)) from error
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise Problem(
                f"{state}: no kiosk with a printer runs on this folder; start it (systemctl start motcua-kiosk), or "
                "give the folder of the one that runs"
            ) from error
        except TimeoutError as error:
            raise Problem(
                f"{state}: the kiosk has not answered within {deadline_s:g} s; it may still do as it was told: ask for "
                "its status"
            ) from error
        except OSError as error:
            raise Problem(f"{state / SOCKET_NAME}: {error}; is the kiosk ending? Try again") from error
    answer = answer_of(said)
    if answer is None:
        raise Problem(f"{state}: the kiosk hung up without an answer: it ends, or too many ask at once; try again")
    return answer


def answer_of(said: bytes) -> dict[str, Any] | None:
    """Read an answer; None when it is none."""
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _line_of(connection: socket.socket, until_s: float) -> bytes:
    """Read one line; b"" or a part of it when the other side hangs up first. Raises TimeoutError, OSError."""
    said = b""
    while b"\n" not in said and len(said) < ANSWER_MOST_BYTES:
        left_s = until_s - monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.settimeout(left_s)
        piece = connection.recv(4096)
        if not piece:
            break
        said += piece
    return said.partition(b"\n")[0]


def _not_ours(state: Path) -> str:
    return f"{state} is another user's; ask as the kiosk's own user: sudo -u motcua motcua devices printer …"
