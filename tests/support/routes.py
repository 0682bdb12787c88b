"""Every route of a program of pages, read from its own url map: a page that is added is under the tests that walk."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flask import Flask

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

EXAMPLES: Final = {
    "counter_id": "counter-3",
    "device_id": "kiosk-2",
    "name": "Medium",
    "filename": "page.css",
    "function_id": "kiosk-2",
    "clerk_id": "lan",
    "part_name": "services",
    "index": "0",
    "seq": "1",
    "session_id": "0" * 64,
    "system_id": "portal",
    "key_id": "0" * 12,
    "visit_id": "0" * 32,
    "alert_id": "a" * 32,
    "inquiry_id": "c" * 32,
    "hearing_id": "1" * 32,
    "voice_id": "5" * 31 + "1",
}
"""A value for each variable part of an address, of something that is there in the hall on paper, and of a clerk at whom
no test looks: a walk may reset the password or shut the account."""


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    endpoint: str
    method: str
    path: str


def routes(app: Flask, examples: Mapping[str, str] = EXAMPLES) -> list[Route]:
    """Give every route of an application but those that Flask adds by itself (HEAD, OPTIONS)."""
    return [
        Route(rule.endpoint, method, _filled(rule.rule, examples))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _filled(rule: str, examples: Mapping[str, str]) -> str:
    def example(part: re.Match[str]) -> str:
        assert part[1] in examples, f"{rule}: give <{part[1]}> an example (tests/support/routes.py)"
        return examples[part[1]]

    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", example, rule)


def parameters(source: Path) -> set[str]:
    """Give the name of every field of a form or a query that the sources of a program read."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(source.rglob("*.py")))
    read = re.findall(r"\b(?:args|form|values)(?:\.get(?:list)?\(|\[)\s*\"(\w+)\"", text)
    return {*read, *re.findall(r"\"(\w+)\" (?:not )?in (?:request\.)?(?:args|form|values)\b", text)}
