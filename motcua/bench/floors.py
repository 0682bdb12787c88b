"""The floors under the budgets, measured in the same run on the same machine and disk.

A *bare loop* is the least a server of this kind can do: a ROUTER with CURVE that drains what waits, writes one row per
request in one durable transaction, and answers. ``python -m motcua.bench.floors FOLDER commit|echo`` is that loop.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw
import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator

from protocol.keys import make_keys

DRAIN = 64


class BareLoop(NamedTuple):
    """Where a bare loop listens."""

    address: str
    server_key: str


def commit_floor_ms(folder: Path, count: int = 300, before: int = 1500) -> list[float]:
    """Milliseconds of each of ``count`` durable commits of one small row.

    Those ``before`` are not counted: while the write-ahead log still grows, each commit also waits for the file system
    to note its new length, which costs ten times as much and is over after the first thousand pages.
    """
    connection = _open(folder / "floor.db")
    connection.execute("CREATE TABLE IF NOT EXISTS floor(id INTEGER PRIMARY KEY, body BLOB)")
    taken = []
    for _ in range(before + count):
        started = time.perf_counter()
        connection.execute("INSERT INTO floor(body) VALUES (?)", (b"x" * 300,))
        taken.append((time.perf_counter() - started) * 1000)
    connection.close()
    return taken[before:]


@contextmanager
def bare_loop(folder: Path, *, durable: bool) -> Iterator[BareLoop]:
    """Run the bare loop in a process of its own."""
    words = [sys.executable, "-m", "motcua.bench.floors", str(folder), "commit" if durable else "echo"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address, server_key = process.stdout.readline().split()
        yield BareLoop(address, server_key)
    finally:
        process.terminate()
        process.wait(5)
        if process.stdout:
            process.stdout.close()


def _open(path: Path) -> apsw.Connection:
    """Open a database as the branch's log is opened."""
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _serve(folder: Path, *, durable: bool) -> None:
    keys = make_keys()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
    router = context.socket(zmq.ROUTER)
    router.setsockopt(zmq.CURVE_SERVER, 1)
    router.setsockopt(zmq.CURVE_SECRETKEY, keys.secret.encode())
    port = router.bind_to_random_port("tcp://127.0.0.1")
    connection = _open(folder / "bare.db")
    connection.execute("CREATE TABLE IF NOT EXISTS rows(id INTEGER PRIMARY KEY, request_id BLOB, body BLOB)")
    print(f"tcp://127.0.0.1:{port} {keys.public}", flush=True)
    while True:
        requests = [router.recv_multipart()]
        while len(requests) < DRAIN:
            try:
                requests.append(router.recv_multipart(zmq.NOBLOCK))
            except zmq.Again:
                break
        if durable:
            _commit(connection, [(request[1], request[2]) for request in requests])
        for request in requests:
            router.send_multipart(request)


def _commit(connection: apsw.Connection, rows: list[tuple[bytes, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO rows(request_id, body) VALUES (?, ?)", rows)
    connection.execute("COMMIT")


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), durable=sys.argv[2] == "commit")
