"""The copies and restore tests in words. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from presentation.formats import duration, moment, number
from presentation.texts import Words
from queue_server.backup_shelf import RestoreTest
from queue_server.web.backups import Shelf
from queue_server.web.typed_days import read_iso_day, show_day

COPIES_SHOWN: Final = 60
TESTS_SHOWN: Final = 12
_KIB: Final = 1024


@dataclass(frozen=True)
class CopyRow:
    """A copy: when it was made, how long ago, how large, and how its restore test went."""

    name: str
    made: str
    age: str
    size: str
    verified: str
    tone: str


@dataclass(frozen=True)
class TestRow:
    """A restore test."""

    at: str
    copy: str
    tone: str
    standing: str
    why: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BackupsPage:
    """All that the page says."""

    troubles: tuple[str, ...]
    copies: tuple[CopyRow, ...]
    more_copies: int
    tests: tuple[TestRow, ...]


def backups_page(shelf: Shelf, words: Words, now: datetime, utc_offset_s: int) -> BackupsPage:
    """Write what lies on the shelf."""
    copies = shelf.copies or ()
    by_copy = {one.copy: one for one in reversed(shelf.tests)}
    rows = []
    for one in copies[:COPIES_SHOWN]:
        test = by_copy.get(one.name)
        verified, tone = ("backups.verified", "quiet") if test is None else _standing(test)
        rows.append(
            CopyRow(
                name=one.name,
                made=moment(words, one.at, utc_offset_s),
                age=words("backups.ago", span=_span(words, (now - one.at).total_seconds())),
                size=size(words, one.size),
                verified=words(verified),
                tone=tone,
            )
        )
    tests = tuple(_test(one, words, utc_offset_s) for one in shelf.tests[:TESTS_SHOWN])
    return BackupsPage(trouble_sentences(shelf, words), tuple(rows), len(copies) - len(rows), tests)


def trouble_sentences(shelf: Shelf, words: Words) -> tuple[str, ...]:
    """Write what is wrong with the backups, each with what to do."""
    return tuple(words(f"backups.trouble.{one}") for one in shelf.troubles)


def _standing(test: RestoreTest) -> tuple[str, str]:
    return ("backups.restored", "fine") if test.good else ("backups.not_restored", "lost")


def _test(test: RestoreTest, words: Words, utc_offset_s: int) -> TestRow:
    standing, tone = _standing(test)
    facts: tuple[tuple[str, str], ...] = ()
    if test.good:
        last = test.last_number or "–"
        facts = (
            (words("backups.events"), number(words, test.events)),
            (words("backups.days"), number(words, test.days)),
            (words("backups.last_visit"), last),
            (words("backups.last_event"), moment(words, test.last_at, utc_offset_s) if test.last_at else "–"),
            (words("backups.replayed"), words("backups.replayed_day", count=test.visits, day=_day(test.day))),
            (words("backups.hash"), f"{test.last_hash[:16]}… · {words(f'backups.agrees.{test.agrees}')}"),
            (words("backups.beside"), number(words, test.beside)),
            (words("backups.accounts"), _accounts(test, words)),
            (words("backups.size"), size(words, test.size)),
        )
    facts = (*facts, (words("backups.took"), words("backups.seconds", seconds=number(words, test.took_s, 1))))
    return TestRow(moment(words, test.at, utc_offset_s), test.copy or "–", tone, words(standing), test.why, facts)


def _accounts(test: RestoreTest, words: Words) -> str:
    if test.accounts is None:
        return words("backups.no_accounts")
    return words("backups.accounts_of", count=number(words, test.accounts))


def _day(told: str) -> str:
    day = read_iso_day(told)
    return told if day is None else show_day(day)


def _span(words: Words, seconds: float) -> str:
    days = int(max(0.0, seconds) // 86_400)
    return words("backups.in_days", count=days) if days >= 2 else duration(words, max(0.0, seconds))  # noqa: PLR2004 -- until then hours tell more.


def size(words: Words, size_bytes: int) -> str:
    """Write a size with three digits at most that count: 840 kB, 12,4 MB."""
    for unit, power in (("GB", 3), ("MB", 2)):
        if size_bytes >= _KIB**power:
            return f"{number(words, size_bytes / _KIB**power, 1)} {unit}"
    return f"{number(words, max(1, round(size_bytes / _KIB)) if size_bytes else 0)} kB"
