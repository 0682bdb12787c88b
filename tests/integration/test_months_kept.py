"""Months through the real log, tables and files: frozen once, seen when changed, made again the same, and in copies."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from protocol import month_commands as mc
from protocol.events import AnyEvent, ConfigurationChanged, DayOpened, RatingOpened, VisitRated
from protocol.month_events import MonthCorrected
from protocol.views import Done, Refused
from queue_server.backup import back_up, restore
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.journal import Journal
from queue_server.log import LOG_FILE
from queue_server.reporting.month_rows import ClosingRow
from queue_server.reporting.month_shelf import OtherFigures, Shelf, look, made_again, path_of
from queue_server.reporting.month_snapshot import AT_COUNTER, ChannelPart, canonical, hash_of
from queue_server.reporting.month_tables import MonthNow, NoMonth, closed_months, read_month
from queue_server.reporting.tables import REPORTS_FILE
from tests.support.driven_branch import instant
from tests.support.halls import small_hall
from tests.support.kept_branch import ask, log_of, served
from tests.support.logs import follow_log
from tests.support.month import MONTH, closing_of, rated, rated_weeks
from tests.support.voices import by

NEXT = "2027-04"


def of_days(events: tuple[AnyEvent, ...], month: str) -> list[AnyEvent]:
    """Give the events up to the end of a month."""
    later = [at for at, one in enumerate(events) if isinstance(one, DayOpened) and one.day[:7] > month]
    return list(events[: later[0]] if later else events)


class Branch:
    """A branch's folder whose log grows, followed as `motcua report --follow` does."""

    def __init__(self, state: Path, seed: int) -> None:
        self.state = state
        self.chance = random.Random(seed)
        everything = rated_weeks(26)
        march = of_days(everything, MONTH)
        self.april = list(everything[len(march) :])
        self.asked = [one for one in march if isinstance(one, RatingOpened)]
        self.at = march[-1].at
        self.append(march)

    def append(self, events: list[AnyEvent]) -> list[str]:
        """Write more events and follow them; gives the months whose snapshots were written."""
        follow_log(self.state, events)
        with Journal(self.state / LOG_FILE) as journal:
            return Shelf(self.state / REPORTS_FILE).complete(journal)

    def close(self, month: str = MONTH) -> ClosingRow:
        self.append([closing_of(self.state, month, self.later())])
        return self.closing(month)

    def closing(self, month: str = MONTH) -> ClosingRow:
        return closed_months(self.state / REPORTS_FILE)[month]

    def later(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def now(self, month: str = MONTH) -> MonthNow:
        return read_month(self.state / REPORTS_FILE, month)

    def comes_late(self, count: int, channel: str = "paper") -> list[VisitRated]:
        chosen = self.chance.sample(self.asked, count)
        return [rated(one, self.chance, channel, self.later()) for one in chosen]  # type: ignore[arg-type]  # A channel.


@pytest.fixture
def branch(tmp_path: Path, seed: int) -> Branch:
    return Branch(tmp_path / "server", seed)


def counted(parts: tuple[ChannelPart, ...], channel: str) -> tuple[int, int]:
    """Give how many were rated by a channel, and how many of them are satisfied."""
    chosen = [one for one in parts if one.channel == channel]
    return sum(one.rated for one in chosen), sum(one.satisfied for one in chosen)


def test_the_snapshot_counts_what_the_log_tells(branch: Branch) -> None:
    figures = branch.now().figures
    ratings = [one for one in of_days(rated_weeks(26), MONTH) if isinstance(one, VisitRated)]
    satisfied = sum(one.level == 1 for one in ratings)
    assert counted(figures.whole.ratings, AT_COUNTER) == (len(ratings), satisfied)
    asked = [one for one in branch.asked if one.closes_at > one.at]
    assert figures.whole.ratings[0].asked == len(asked)
    cuts = {"counter_id": figures.counters, "clerk_id": figures.clerks, "service_id": figures.services}
    for name, parts in cuts.items():
        for part in parts:
            own = [one for one in ratings if getattr(one, name) == part.key]
            assert counted(part.ratings, AT_COUNTER) == (len(own), sum(one.level == 1 for one in own))
        assert sum(counted(part.ratings, AT_COUNTER)[0] for part in parts) == len(ratings)
    assert all(sum(one.levels) == one.rated for part in figures.clerks for one in part.ratings)


def test_a_snapshot_is_the_same_bytes_whoever_makes_it(branch: Branch) -> None:
    before = canonical(branch.now().figures)
    closing = branch.close()
    path = path_of(branch.state, MONTH)
    assert path.read_bytes() == before
    assert hash_of(before) == closing.snapshot_hash
    branch.append(branch.april)
    with Journal(branch.state / LOG_FILE) as journal:
        assert made_again(journal, closing) == before
    path.unlink()
    assert look(branch.state, closing).state == "missing"
    assert branch.append([]) == [MONTH]  # Who follows the log makes a lost one anew.
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o077 == 0


def test_tables_made_bit_by_bit_give_the_same_snapshot(branch: Branch, tmp_path: Path) -> None:
    whole = canonical(branch.now().figures)
    events = of_days(rated_weeks(26), MONTH)
    for at in range(0, len(events), 3_333):
        follow_log(tmp_path / "bits", events[at : at + 3_333])
    assert canonical(read_month(tmp_path / "bits" / REPORTS_FILE, MONTH).figures) == whole


def test_a_changed_snapshot_is_seen_and_not_written_over(branch: Branch) -> None:
    closing = branch.close()
    path = path_of(branch.state, MONTH)
    changed = path.read_bytes().replace(b'"satisfied":', b'"satisfied":1', 1)
    path.write_bytes(changed)
    shelved = look(branch.state, closing)
    assert (shelved.state, shelved.snapshot) == ("changed", None)
    assert branch.append([]) == []
    assert path.read_bytes() == changed


def test_another_log_gives_no_snapshot_in_place_of_a_lost_one(
    branch: Branch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = branch.close()
    other = tmp_path / "other"
    events = of_days(rated_weeks(26), MONTH)
    without = next(at for at, one in enumerate(events) if isinstance(one, VisitRated))
    del events[without]
    april = [one for one in branch.april if isinstance(one, DayOpened)][:1]
    follow_log(other, [*events, closing_of(branch.state, MONTH, branch.later()), *april])
    shelf = Shelf(other / REPORTS_FILE)
    with Journal(other / LOG_FILE) as journal:
        with pytest.raises(OtherFigures, match="motcua verify"):
            made_again(journal, closing)
        assert shelf.complete(journal) == []
        assert "no snapshot of 2027-03" in capsys.readouterr().err
        assert shelf.complete(journal) == []
        assert not capsys.readouterr().err  # It is said once: each try reads the whole log.


def test_what_comes_late_goes_to_the_next_month_or_into_a_correction(branch: Branch) -> None:
    closing = branch.close()
    frozen = look(branch.state, closing).snapshot
    late = [*branch.comes_late(12), *branch.comes_late(5, "link")]
    opening = branch.april[:1]
    branch.at = opening[0].at
    branch.append([*opening, *[msgspec.structs.replace(one, at=branch.later()) for one in late]])
    assert branch.now().late == {"paper": 12, "link": 5}
    assert counted(branch.now(NEXT).figures.whole.ratings, "paper")[0] == 12
    reached = branch.now().figures.seq
    branch.append(
        [
            MonthCorrected(
                at=branch.later(), month=MONTH, channel="paper", seq=reached, reason="late_papers", clerk_id="boss"
            )
        ]
    )
    march, april = branch.now(), branch.now(NEXT)
    (correction,) = march.corrections
    satisfied = sum(one.level == 1 for one in late[:12])
    assert counted(correction.ratings[""][""], "paper") == (12, satisfied)
    by_clerk = correction.ratings["clerk"]
    assert sum(counted(parts, "paper")[0] for parts in by_clerk.values()) == 12
    assert march.late == {"link": 5}
    assert counted(april.figures.whole.ratings, "paper") == (0, 0)
    assert counted(april.figures.whole.ratings, "link")[0] == 5
    shelved = look(branch.state, branch.closing())
    assert (shelved.state, shelved.snapshot) == ("whole", frozen)  # Beside it, not into it.


def test_a_copy_of_the_branch_holds_its_months(branch: Branch, tmp_path: Path) -> None:
    closing = branch.close()
    body = path_of(branch.state, MONTH).read_bytes()
    for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
        (branch.state / name).write_text("key")
    copy = back_up(branch.state, tmp_path / "copies", branch.later(), rooms={})
    assert path_of(copy.path, MONTH).read_bytes() == body
    back = tmp_path / "restored"
    restore(copy.path, back, branch.later(), branch_only=True)
    assert look(back, closing).state == "whole"


def test_no_month_without_a_business_day(branch: Branch) -> None:
    with pytest.raises(NoMonth):
        branch.now("2020-01")


def test_the_server_tells_whether_the_figures_know_the_whole_month(tmp_path: Path) -> None:
    with log_of(small_hall(), tmp_path) as log:
        handler = served(log, instant("09:00", "2026-11-30"))
        in_november = log.seq
        assert log.end_of_month("2026-11") == in_november
        assert log.end_of_month("2026-10") == 0
        handler = served(log, instant("23:00", "2026-11-30"))
        closed = log.seq
        assert log.end_of_month("2026-11") == closed
        at = instant("09:00", "2026-12-01")
        handler = served(log, at)
        assert closed <= log.end_of_month("2026-11") < log.seq

        def close(seq: int) -> object:
            command = by(mc.CloseMonth, month="2026-11", seq=seq, snapshot_hash="0" * 64)
            return ask(handler, command, "staff-1", at)

        behind = close(in_november)
        assert isinstance(behind, Refused)
        assert behind.code == "month_behind"
        assert close(closed) == Done()
        again = close(log.seq)
        assert isinstance(again, Refused)
        assert again.code == "month_closed"
    assert isinstance(next(iter(Journal(tmp_path / LOG_FILE).rows())).event(), ConfigurationChanged)
