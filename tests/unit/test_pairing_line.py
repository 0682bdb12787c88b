"""What is typed on a new device: the host it calls, the folder its program looks into, the unit that starts it."""

import re
from pathlib import Path
from typing import get_args

import pytest

from protocol.commands import FunctionDescription
from protocol.keys import LinkSettings, PairingString, make_keys, only_here
from queue_server.web.pairing_line import PROGRAMS, host_for_devices, known_as, pairing_command, start_command

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "config" / "systemd"


def link(host: str) -> LinkSettings:
    return LinkSettings(
        commands_address=f"tcp://{host}:7411",
        views_address=f"tcp://{host}:7412",
        pairing_address=f"tcp://{host}:7413",
        server_key=make_keys().public,
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.1.1", "::1", "localhost", "Hall.LOCALHOST.", "::"])
def test_some_hosts_mean_the_machine_that_reads_them(host: str) -> None:
    assert only_here(host)


@pytest.mark.parametrize("host", ["motcua.lan", "192.168.10.5", "fd00::5", "localhost.lan", "127.lan"])
def test_others_mean_one_machine_everywhere(host: str) -> None:
    assert not only_here(host)


def test_devices_are_told_what_was_set_else_what_the_browser_uses_else_nothing_new() -> None:
    here, elsewhere = link("127.0.0.1"), link("192.168.10.5")
    assert host_for_devices(here, "192.168.10.6", "motcua.lan") == "192.168.10.6"
    assert host_for_devices(here, "", "motcua.lan") == "motcua.lan"
    assert host_for_devices(here, "", "") == "127.0.0.1"
    assert host_for_devices(elsewhere, "motcua.lan", "pages.lan") == "192.168.10.5", "the pages stand elsewhere"


@pytest.mark.parametrize("text", ["", "motcua.lan", "192.168.10.5", "fd00::5", "hall-1", "m"])
def test_a_name_or_an_address_can_be_set(text: str) -> None:
    assert known_as(text) == text


@pytest.mark.parametrize(
    "text", ["https://motcua.lan", "motcua.lan:443", "motcua.lan/", "a b", "-a", "192.168.10", "192.168.10.555", "x'y"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an address"):
        known_as(text)


def test_each_kind_is_paired_where_its_program_looks() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \|.*`motcua-\w+`, `(\w+)` \|$", operating(), re.MULTILINE))
    assert table == PROGRAMS, "docs/operating.md has the same table for people"
    for kind, program in PROGRAMS.items():
        unit = (UNITS / f"motcua-{program}.service").read_text("utf-8")
        assert f"--state /var/lib/motcua/{program} " in unit
        assert "User=motcua" in (UNITS / "motcua-.service.d" / "hardening.conf").read_text("utf-8")
        line = pairing_command(link("127.0.0.1"), "7KPQ2M4X", "192.168.10.5", kind)
        before, _, rest = line.partition(" '")
        assert before == f"sudo -u motcua motcua pair --state /var/lib/motcua/{program}"
        assert PairingString.parse(rest.removesuffix("'")).host == "192.168.10.5"
        assert start_command(kind) == f"systemctl enable --now motcua-{program}"


def operating() -> str:
    return (ROOT / "docs" / "operating.md").read_text("utf-8")


def test_who_has_no_program_has_a_folder_of_its_own_and_nothing_to_start() -> None:
    kinds = set(get_args(FunctionDescription.__annotations__["kind"]))
    assert set(PROGRAMS) <= kinds
    for kind in kinds - set(PROGRAMS):
        assert start_command(kind) == ""
        assert f"/var/lib/motcua/{kind} " in pairing_command(link("127.0.0.1"), "7KPQ2M4X", "motcua.lan", kind)
