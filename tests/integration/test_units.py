"""The systemd units that ship are hardened, by measure."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.units import SERVICES, UNITS, settings

# systemd rates a unit from 0 (shut in) to 10 (free to do anything); a plain one has 9.6. This is in tenths.
WORST_EXPOSURE = 20


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a system on which the units are installed as docs/operating.md tells."""
    root = tmp_path_factory.mktemp("root")
    shutil.copytree(UNITS, root / "etc" / "systemd" / "system")
    return root


def exposure(root: Path, service: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"--threshold={WORST_EXPOSURE}"]
    return subprocess.run(
        [*command, f"--root={root}", service], capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_hardened(machine: Path, service: str) -> None:
    measured = exposure(machine, service)
    assert measured.returncode == 0, measured.stdout + measured.stderr
    assert "bad unit file setting" not in measured.stderr


def test_a_plain_service_would_be_refused(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "systemd" / "system"
    folder.mkdir(parents=True)
    (folder / "plain.service").write_text("[Service]\nExecStart=/bin/true\n")
    assert exposure(tmp_path, "plain.service").returncode != 0


SECRETS = {
    "/var/lib/motcua/server/server.key": {"server", "web", "backup"},
    "/var/lib/motcua/server/branch.key": {"server", "web", "backup"},
    "/var/lib/motcua/server/technician": {"server", "web", "backup"},
    "/var/lib/motcua/web": {"web", "backup"},
    "/var/lib/motcua/api": {"api", "web", "backup"},
    "/var/lib/motcua/public": {"public", "web", "backup"},
    "/var/backups/motcua": {"web", "backup"},
}
"""Which services may see what; the pages of staff make copies, so they see what a copy holds."""


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_sees_no_secret_of_others(service: str) -> None:
    hidden = [word.removeprefix("-") for line in settings(service, "InaccessiblePaths") for word in line.split()]
    name = service.removeprefix("motcua-").removesuffix(".service")
    for path, may in SECRETS.items():
        is_hidden = any(f"{path}/".startswith(f"{one}/") for one in hidden)
        assert is_hidden != (name in may), path
    own = {f"/var/lib/{word}" for line in settings(service, "StateDirectory") for word in line.split()}
    assert not own & set(hidden)
    for word in " ".join(settings(service, "ExecStart")).split():
        assert not any(f"{word}/".startswith(f"{one}/") for one in hidden), "what it is told to use it sees"


def test_no_service_sees_where_its_sources_came_from() -> None:
    shared = (UNITS / "motcua-.service.d" / "hardening.conf").read_text(encoding="utf-8")
    assert "InaccessiblePaths=-/opt/motcua/.git" in shared.splitlines()
    for service in SERVICES:
        assert "" not in settings(service, "InaccessiblePaths"), "an empty one would take the drop-in's away"


DRIVERS = {"char-ttyUSB": "usbserial", "char-ttyACM": "cdc_acm"}
"""Kinds of devices that the kernel knows by name only once a module is loaded (systemd.resource-control(5))."""


@pytest.mark.parametrize("service", SERVICES)
def test_an_adapter_may_be_plugged_in_after_the_service_has_started(service: str) -> None:
    allowed = {value.split()[0] for value in settings(service, "DeviceAllow")}
    modules = {f"modprobe@{DRIVERS[kind]}.service" for kind in allowed & DRIVERS.keys()}
    for key in ("Wants", "After"):
        assert modules <= set(" ".join(settings(service, key)).split())


@pytest.mark.parametrize("service", [name for name in SERVICES if "/cage " in "".join(settings(name, "ExecStart"))])
def test_a_screen_finds_its_seat(service: str) -> None:
    """What cage needs: a place for its socket, news of devices that come and go, its console."""
    assert not settings(service, "ProtectHome"), "it hides /run/user"
    assert "-/run/user" in settings(service, "ReadWritePaths")
    assert "AF_NETLINK" in settings(service, "RestrictAddressFamilies")
    assert "/dev/tty1 rw" in settings(service, "DeviceAllow")
    shared = (UNITS / "motcua-.service.d" / "hardening.conf").read_text(encoding="utf-8")
    assert "ProtectHome=" not in shared, "a setting of the drop-in would be stronger than the unit's"
