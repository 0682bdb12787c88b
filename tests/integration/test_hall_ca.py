"""`tools/hall_ca`: an authority that can vouch for the hall's machines alone, and certificates by it."""

import stat
import subprocess
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "hall_ca"
NAMES = ("motcua.lan", "192.168.10.5")


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [str(TOOL), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def shown(certificate: Path, *what: str) -> str:
    command = ["openssl", "x509", "-in", str(certificate), "-noout", *what]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = run("begin", tmp_path / "tls", "Một cửa phường Phúc Lợi", *NAMES)
    assert made.returncode == 0, made.stderr
    return tmp_path / "tls"


def test_a_certificate_is_made_renewed_and_vouched_for(folder: Path) -> None:
    serials = set()
    for _ in range(2):
        made = run("server", folder, *NAMES)
        assert made.returncode == 0, made.stderr
        serials.add(shown(folder / "hall.crt", "-serial"))
        checked = ["openssl", "verify", "-verify_hostname", "motcua.lan", "-purpose", "sslserver"]
        subprocess.run([*checked, "-CAfile", folder / "ca.crt", folder / "hall.crt"], check=True, timeout=60)
    assert len(serials) == 2
    assert "DNS:motcua.lan, IP Address:192.168.10.5" in shown(folder / "hall.crt", "-ext", "subjectAltName")
    for secret in ("ca.key", "hall.key"):
        assert stat.S_IMODE((folder / secret).stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "ca.key", "hall.crt", "hall.key"]
    assert "Phúc Lợi" in shown(folder / "ca.crt", "-subject", "-nameopt", "utf8")


@pytest.mark.parametrize("name", ["bank.example", "192.168.10.6", "lan", "::1", "motcua.lan.example"])
def test_the_authority_vouches_for_nobody_else(folder: Path, name: str) -> None:
    refused = run("server", folder, name)
    assert refused.returncode == 1
    assert "may not vouch" in refused.stderr
    assert not (folder / "hall.crt").exists()


def test_an_authority_is_never_written_over(folder: Path) -> None:
    before = (folder / "ca.key").read_bytes()
    again = run("begin", folder, "Một cửa", *NAMES)
    assert again.returncode == 1
    assert "has an authority already" in again.stderr
    assert (folder / "ca.key").read_bytes() == before


def test_what_is_no_name_is_refused(tmp_path: Path) -> None:
    assert run("begin", tmp_path / "tls", "Một cửa", "x/y").returncode == 1
    assert run("server", tmp_path / "nowhere", "motcua.lan").returncode == 1
    assert run("begin", tmp_path).returncode == 2
    assert run().returncode == 2
