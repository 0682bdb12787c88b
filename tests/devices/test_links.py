"""Links over real ptys and sockets: every wait ends, every failure has a name."""

import os
import socket
import termios
import threading
import time
import tty
from collections.abc import Iterator

import pytest

from hardware.links import (
    Interrupt,
    Link,
    LinkGone,
    LinkStalled,
    loopback,
    open_file,
    open_serial,
    open_tcp,
    reopen_delay_s,
)


class Pty:
    """A pty whose far end (the device) is ours."""

    def __init__(self) -> None:
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        self.path = os.ttyname(self.near)

    def close(self) -> None:
        for descriptor in (self.far, self.near):
            if descriptor >= 0:
                os.close(descriptor)
        self.far = self.near = -1


@pytest.fixture
def pty() -> Iterator[Pty]:
    made = Pty()
    yield made
    made.close()


@pytest.fixture(params=["serial", "file"])
def device(request: pytest.FixtureRequest, pty: Pty) -> Iterator[tuple[Link, Pty]]:
    link = open_serial(pty.path, baud=115200) if request.param == "serial" else open_file(pty.path)
    yield link, pty
    link.close()


def test_bytes_go_both_ways_unchanged(device: tuple[Link, Pty]) -> None:
    link, pty = device
    every = bytes(range(256))
    link.write(every, timeout_s=2)
    assert os.read(pty.far, 1024) == every
    os.write(pty.far, every)
    assert link.read(timeout_s=2) == every


def test_a_read_ends_by_its_deadline(device: tuple[Link, Pty]) -> None:
    started = time.monotonic()
    assert device[0].read(timeout_s=0.05) == b""
    assert 0.04 < time.monotonic() - started < 1


def test_a_second_program_is_refused_by_name(device: tuple[Link, Pty]) -> None:
    for opening in (open_serial, open_file):
        with pytest.raises(LinkGone, match="another program holds the device"):
            opening(device[1].path)


def test_the_lock_ends_with_the_link(pty: Pty) -> None:
    open_serial(pty.path).close()
    open_file(pty.path).close()
    open_serial(pty.path).close()


def test_an_unplugged_device_is_gone(device: tuple[Link, Pty]) -> None:
    link, pty = device
    pty.close()
    with pytest.raises(LinkGone, match=r"dialout|lp"):
        link.read(timeout_s=1)
    with pytest.raises(LinkGone):
        link.write(b"x", timeout_s=1)


def test_a_device_that_takes_nothing_stalls_and_the_count_is_known(device: tuple[Link, Pty]) -> None:
    link, pty = device
    with pytest.raises(LinkStalled) as stalled:
        link.write(bytes(1_000_000), timeout_s=0.1)
    taken = 0
    os.set_blocking(pty.far, False)
    while taken < stalled.value.written:
        taken += len(os.read(pty.far, 65536))
    assert taken == stalled.value.written > 0


def test_a_port_that_is_not_there_says_what_to_do() -> None:
    with pytest.raises(LinkGone, match="plugged in") as gone:
        open_serial("/dev/serial/by-id/no-such-port")
    assert gone.value.where == "/dev/serial/by-id/no-such-port"
    with pytest.raises(LinkGone, match="not a character device"):
        open_file(__file__)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_what_a_pty_cannot_do_is_no_error(pty: Pty) -> None:
    link = open_serial(pty.path, baud=19200, parity="E", stop_bits=2, hardware_flow=True)
    link.write(b"even", timeout_s=1)
    assert os.read(pty.far, 16) == b"even"
    assert termios.tcgetattr(pty.far)[5] == termios.B19200, "the speed reaches the far end"
    link.close()


def test_a_network_device_answers_and_its_end_is_seen(listener: socket.socket) -> None:
    link = open_tcp("127.0.0.1", listener.getsockname()[1])
    far, _ = listener.accept()
    with far:
        link.write(b"\x10\x04\x01", timeout_s=1)
        assert far.recv(16) == b"\x10\x04\x01"
        far.sendall(b"\x12")
        assert link.read(timeout_s=1) == b"\x12"
    with pytest.raises(LinkGone, match="far end has closed"):
        link.read(timeout_s=1)
    link.close()
    with pytest.raises(LinkGone, match="has been closed"):
        link.read(timeout_s=0)


def test_a_network_device_is_probed_while_it_is_silent(listener: socket.socket) -> None:
    link = open_tcp("127.0.0.1", listener.getsockname()[1])
    with socket.socket(fileno=os.dup(link.fileno())) as seen:
        assert seen.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5
        assert seen.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 10_000
    link.close()


def test_a_refused_connection_is_gone(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(LinkGone, match=f"tcp://127.0.0.1:{port}"):
        open_tcp("127.0.0.1", port)


def test_another_thread_may_end_a_wait() -> None:
    near, far = loopback()
    bell = Interrupt()
    ringer = threading.Thread(target=bell.ring)
    ringer.start()
    started = time.monotonic()
    assert near.read(timeout_s=20, interrupt=bell) == b""
    assert time.monotonic() - started < 10
    ringer.join()
    far.write(b"seen", timeout_s=1)
    assert near.read(timeout_s=1, interrupt=bell) == b"seen", "the ring is used up"
    for end in (near, far, bell):
        end.close()


def test_reopening_doubles_up_to_half_a_minute() -> None:
    assert [reopen_delay_s(failures, 0.0) for failures in (1, 2, 3, 6, 7, 8, 1000)] == [0.5, 1, 2, 16, 30, 30, 30]
    assert reopen_delay_s(1, 0.99) == 0.5
    assert 22.5 <= reopen_delay_s(50, 0.99) < 23
