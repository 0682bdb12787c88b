"""A real nginx with the configuration that ships, before pages on this machine; only ports and folders are changed."""

import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[2]
SHIPPED = TOP / "config" / "nginx"
NGINX = "/usr/sbin/nginx"
HOST = "127.0.0.1"
PATIENCE_S = 20.0
LOOK_AGAIN_S = 0.02


@dataclass(frozen=True)
class Proxy:
    """An nginx that runs: its ports, its log, the authority that vouches for it."""

    folder: Path
    staff: int
    public: int
    plain: int
    api: int
    authority: Path

    @property
    def log(self) -> str:
        """What it has written about requests so far."""
        return (self.folder / "motcua.log").read_text("utf-8")

    def trusting(self) -> ssl.SSLContext:
        """Give the context of a device that was given the hall's authority."""
        return ssl.create_default_context(cafile=str(self.authority))


def free_ports(count: int) -> list[int]:
    """Find ports that are free just now."""
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def certified(folder: Path) -> Path:
    """Make an authority for this machine and a certificate by it, as the page of the guide tells."""
    tls = folder / "tls"
    for words in (["begin", str(tls), "Một cửa", "localhost", HOST], ["server", str(tls), "localhost", HOST]):
        subprocess.run([TOP / "tools" / "hall_ca", *words], check=True, capture_output=True, timeout=PATIENCE_S)
    return tls


def configured(folder: Path, ports: dict[str, int], only: frozenset[str] = frozenset()) -> Path:
    """Write what ships, or `only` some files of it, into a folder, with its own ports and paths.

    Where all of it is written, each replacement must find its place.
    """
    changes = [
        (r"^user www-data;", "user root;" if os.getuid() == 0 else ""),
        (r"/run/nginx\.pid", f"{folder}/nginx.pid"),
        (r"/var/log/nginx", str(folder)),
        (r"/etc/nginx/motcua/", f"{folder}/motcua/"),
        (r"127\.0\.0\.1:8080", f"{HOST}:{ports['web']}"),
        (r"127\.0\.0\.1:8090", f"{HOST}:{ports['pages']}"),
        (r"127\.0\.0\.1:8095", f"{HOST}:{ports['api']}"),
        (r"listen 9443 ", f"listen {HOST}:{ports['api_tls']} "),
        (r"listen 443 ", f"listen {HOST}:{ports['staff']} "),
        (r"listen 8443 ", f"listen {HOST}:{ports['public']} "),
        (r"listen 80;", f"listen {HOST}:{ports['plain']};"),
        (r"/etc/motcua/tls/", f"{folder}/tls/"),
        (r"^http \{", f"http {{\n  client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;"),
    ]
    (folder / "motcua").mkdir()
    found = set()
    for file in sorted(one for one in SHIPPED.glob("*.conf") if not only or one.name in only):
        text = file.read_text("utf-8")
        for pattern, new in changes:
            text, count = re.subn(pattern, new, text, flags=re.MULTILINE)
            found |= {pattern} if count else set()
        (folder / (file.name if file.name == "nginx.conf" else f"motcua/{file.name}")).write_text(text, "utf-8")
    assert only or found == {pattern for pattern, _ in changes}, (
        "the shipped files have changed: change these places too"
    )
    return folder / "nginx.conf"


@contextmanager
def nginx_before(
    folder: Path,
    *,
    web: int = 1,
    pages: int = 1,
    api: int = 1,
    tls: Path | None = None,
    only: frozenset[str] = frozenset(),
) -> Iterator[Proxy]:
    """Run nginx before the staff pages at port `web`, the public pages at `pages`, the interface at `api`.

    `tls` is the folder's own `tls`, where somebody has made the certificate already; `only` names some of the files
    that ship, with that of staff among them.
    """
    tls = tls or certified(folder)
    staff, public, plain, api_tls = free_ports(4)
    behind = {"web": web, "pages": pages, "api": api}
    ports = {**behind, "staff": staff, "public": public, "plain": plain, "api_tls": api_tls}
    command = [NGINX, "-p", str(folder), "-c", str(configured(folder, ports, only))]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert tested.returncode == 0, tested.stderr
    with subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait_for(staff)
            yield Proxy(folder, staff, public, plain, api_tls, tls / "ca.crt")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE_S)


def _wait_for(port: int) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not answers(port):
        assert time.monotonic() < deadline_s, "nginx does not listen"
        threading.Event().wait(LOOK_AGAIN_S)


def answers(port: int) -> bool:
    """Tell whether somebody listens at a port."""
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False
