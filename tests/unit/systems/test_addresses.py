"""Which addresses a webhook may have, and which machines it may reach."""

import argparse
import ipaddress
import json
import shutil
from pathlib import Path

import pytest

from motcua.commands import check
from presentation.mistakes import Mistake, Mistakes
from queue_server.systems.addresses import ADDRESS_MOST, check_address, refused_ip, refused_literal
from queue_server.systems.settings import Settings, WrongSettings, checked_settings, read_settings

CONFIG = Path(__file__).parents[3] / "config"


@pytest.mark.parametrize(
    "address",
    [
        "https://portal.example/hook",
        "http://10.20.30.40:8088/a?b=c",
        "https://[2001:db8::1]/",
        "https://portal.example:443",
    ],
)
def test_an_address_that_is_one(address: str) -> None:
    assert check_address(address) == ""


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("", "not_http"),
        ("portal.example", "not_http"),
        ("ftp://portal.example/", "not_http"),
        ("file:///etc/passwd", "not_http"),
        ("gopher://portal.example/", "not_http"),
        ("HTTPS://portal.example/", "not_http"),
        ("https://", "spelling"),
        ("https:///hook", "no_host"),
        ("https://user@portal.example/", "user"),
        ("https://user:secret@portal.example/", "user"),
        ("https://portal.example/#part", "fragment"),
        ("https://portal.example:22/", "port"),
        ("https://portal.example:0/", "port"),
        ("https://portal.example:65536/", "port"),
        ("https://portal.example:x/", "port"),
        ("https://portal.example/\r\nX-Evil: 1", "spelling"),
        ("https://portal.example/a b", "spelling"),
        ("https://cổng.example/", "spelling"),
        ("https://portal.example/" + "a" * ADDRESS_MOST, "spelling"),
    ],
)
def test_an_address_that_is_none(address: str, wrong: str) -> None:
    assert check_address(address) == wrong


@pytest.mark.parametrize("ip", ["10.20.30.40", "172.16.0.9", "192.168.1.5", "203.0.113.7", "fd12::1", "2606:4700::1"])
def test_machines_of_the_hall_and_of_others_may_be_reached(ip: str) -> None:
    assert not refused_ip(ip, ())


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "127.8.9.10", "::1", "0.0.0.0", "::", "0.1.2.3"),  # noqa: S104 -- refused, not listened at.
        *("169.254.169.254", "fe80::1", "fe80::1%eth0", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("fd00:ec2::254", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"),
    ],
)
def test_the_machine_itself_and_those_that_tell_secrets_may_not(ip: str) -> None:
    assert refused_ip(ip, ())
    allowed = (ipaddress.ip_network("127.0.0.1/32"),)
    assert refused_ip(ip, allowed) is (ip not in {"127.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"})


def test_the_file_of_settings(tmp_path: Path) -> None:
    path = tmp_path / "systems.toml"
    assert read_settings(tmp_path) == Settings()
    path.write_text('[webhooks]\nallowed_networks = ["127.0.0.0/8", "fd00:ec2::/32"]\n', "utf-8")
    assert [str(one) for one in read_settings(tmp_path).allowed] == ["127.0.0.0/8", "fd00:ec2::/32"]
    for wrong in (
        '[webhooks]\nallowed_networks = ["10.0.0.1/8"]\n',
        "[webhook]\n",
        "x",
        '[webhooks]\nca_file = "no"\n',
    ):
        path.write_text(wrong, "utf-8")
        with pytest.raises(WrongSettings, match=r"systems\.toml"):
            read_settings(tmp_path)


def test_each_mistake_of_the_file_is_told_with_its_place_and_its_mend(tmp_path: Path) -> None:
    wrong = """# For webhooks.
[webhooks]
allowed_networks = ["10.0.0.1/8", "127.0.0.1/32", "everybody"]
ca_file = "no"
"""
    told = told_of(tmp_path, wrong)
    assert [(one.line, one.place, one.mend) for one in told] == [
        (3, "webhooks.allowed_networks[1]", 'write "10.0.0.0/8"'),
        (3, "webhooks.allowed_networks[3]", 'write a network such as "127.0.0.1/32" or "fd00::/8"'),
        (4, "webhooks.ca_file", "write the path of the certificate, or take the line away"),
    ]
    assert "allowed_network" in told_of(tmp_path, "[webhooks]\nallowed_network = []\n")[0].what
    assert told_of(tmp_path, '[webhooks]\nallowed_networks = "all"\n')[0].line == 2
    assert told_of(tmp_path, "webhooks = 3\n")[0].place == "webhooks"
    assert told_of(tmp_path, "[webhooks]\n[webhooks\n")[0].line == 2
    (tmp_path / "systems.toml").write_bytes(b"\xff")
    with pytest.raises(Mistakes, match="UTF-8"):
        checked_settings(tmp_path)


def told_of(folder: Path, text: str) -> tuple[Mistake, ...]:
    (folder / "systems.toml").write_text(text, "utf-8")
    with pytest.raises(Mistakes) as found:
        checked_settings(folder)
    return found.value.mistakes


def test_check_reads_the_file_that_lies_beside_the_halls(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(CONFIG / "catalogue", tmp_path / "catalogue")
    shutil.copy(CONFIG / "branch.toml", tmp_path)
    arguments = argparse.Namespace(file=tmp_path / "branch.toml", clips=None, json=False)
    assert check.run(arguments) == 0
    (tmp_path / "systems.toml").write_text('[webhooks]\nca_file = "no"\n', "utf-8")
    capsys.readouterr()
    assert check.run(arguments) == 1
    said = capsys.readouterr().out
    assert "systems.toml:2: webhooks.ca_file: there is no file no. Mend: write the path" in said
    assert "1 to mend" in said
    arguments.json = True
    assert check.run(arguments) == 1
    assert json.loads(capsys.readouterr().out)["mistakes"][0]["place"] == "webhooks.ca_file"


def test_the_file_that_ships_allows_nothing() -> None:
    assert read_settings(CONFIG) == Settings()


@pytest.mark.parametrize(
    ("host", "refused"),
    [
        *((one, True) for one in ("127.0.0.1:8080", "[::1]", "127.1", "2130706433", "0x7f000001", "localhost:8080")),
        *((one, True) for one in ("LOCALHOST.", "169.254.169.254", "[::ffff:127.0.0.1]", "[fd00:ec2::254]")),
        *((one, False) for one in ("10.20.30.40:8088", "[2001:db8::1]", "portal.example", "1.example", "beef")),
    ],
)
def test_an_address_without_a_name_is_known_at_once(host: str, *, refused: bool) -> None:
    address = f"http://{host}/hook"
    assert check_address(address) == ""
    assert refused_literal(address, ()) is refused
    assert not refused_literal(address, [ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0")])
