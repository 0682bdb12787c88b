"""The udev rules: every line is one that udev takes, every kind of device gets the group that docs and services name.

What the rules do to real nodes is seen in the guest of `make qemu-devices`; here is what can be seen without devices.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
RULES = TOP / "config" / "udev" / "70-motcua.rules"
DOCS = TOP / "docs" / "devices.md"

MATCHES = {"ACTION", "SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "DRIVER", "DRIVERS", "ATTR", "ATTRS", "ENV", "TEST"}
ASSIGNS = {"GROUP", "MODE", "ATTR", "ENV", "TAG", "SYMLINK", "OPTIONS"}
PART = re.compile(r'([A-Z_]+)(?:\{([^}"]+)\})?(==|!=|=|\+=|:=)"([^"]*)"')
"""A key, perhaps an attribute in braces, an operator, a value: man 7 udev."""


def parts(rule: str) -> list[tuple[str, str, str, str]]:
    """Read a rule. Raises AssertionError where udev would complain."""
    found = []
    for text in re.split(r",\s*(?=[A-Z])", rule):
        match = PART.fullmatch(text.strip())
        assert match, f"{text!r} in {rule!r}"
        key, attribute, operator, value = match.groups(default="")
        known = MATCHES if operator in {"==", "!="} else ASSIGNS
        assert key in known, f"{key} {operator} in {rule!r}"
        assert bool(attribute) == (key in {"ATTR", "ATTRS", "ENV"}), rule
        found.append((key, attribute, operator, value))
    return found


def rules() -> list[list[tuple[str, str, str, str]]]:
    """Give the rules of the file, part by part."""
    lines = RULES.read_text(encoding="utf-8").splitlines()
    return [parts(line) for line in lines if line and not line.startswith("#")]


def test_every_rule_matches_something_and_does_something() -> None:
    for rule in rules():
        operators = [operator for _, _, operator, _ in rule]
        assert operators[0] == "==", rule
        assert "=" in operators, rule
        assert operators == sorted(operators, key=lambda operator: operator not in {"==", "!="}), rule


def test_a_rule_that_udev_would_not_take_is_found() -> None:
    for wrong in ('SUBSYSTEM="tty", MODE="0660"', 'KERNEL=="x" MODE="0660"', 'ATTR=="1", MODE="0660"', 'GROUP=="lp"'):
        with pytest.raises(AssertionError):
            parts(wrong)


def test_each_kind_of_device_belongs_to_the_group_that_docs_and_services_name() -> None:
    given = {}
    for rule in rules():
        said = {(key, operator): value for key, _, operator, value in rule}
        if group := said.get(("GROUP", "=")):
            assert said["MODE", "="] == "0660", "nobody else reads a citizen's scan"
            given[said["SUBSYSTEM", "=="]] = group
    assert given == {"tty": "dialout", "usbmisc": "lp", "usb": "lp", "input": "input"}
    docs = DOCS.read_text(encoding="utf-8")
    units = {unit.stem: unit.read_text(encoding="utf-8") for unit in (TOP / "config" / "systemd").glob("*.service")}
    for group in set(given.values()):
        assert f"`{group}`" in docs, f"{DOCS.name} does not name the group {group}"
    for unit, groups in {"motcua-kiosk": {"dialout", "lp", "input"}, "motcua-agent": {"dialout", "input"}}.items():
        (line,) = re.findall(r"^SupplementaryGroups=(.*)$", units[unit], re.MULTILINE)
        assert groups <= set(line.split()), unit


def test_an_ftdi_adapter_hands_over_at_once() -> None:
    (rule,) = [rule for rule in rules() if ("ATTR", "latency_timer", "=", "1") in rule]
    assert ("DRIVER", "", "==", "ftdi_sio") in rule


def test_udev_itself_takes_them() -> None:
    udevadm = shutil.which("udevadm")
    if udevadm is None or subprocess.run([udevadm, "verify", "--help"], capture_output=True, check=False).returncode:
        pytest.skip("`udevadm verify` came with systemd 254; this machine has none")
    done = subprocess.run([udevadm, "verify", str(RULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
