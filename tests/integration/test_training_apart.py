"""A training hall beside the real one, both served by real programs: nothing of the first is found in the second."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from motcua.__main__ import main
from motcua.demo.training import Training, marked, sources_of, write_hall
from motcua.workbench.words import read_texts
from protocol import commands as c
from protocol.link import Link, NoAnswer, new_id, open_link
from protocol.views import BoardView, HallView, TicketTaken
from queue_server.journal import Journal
from queue_server.reporting.tables import REPORTS_FILE, NoReports, read_day
from tests.support.served_branch import CONFIG, ServedBranch, function, until


@pytest.fixture
def real(tmp_path: Path) -> "ServedBranch":
    return ServedBranch(tmp_path / "real")


def take(branch: ServedBranch) -> str:
    command = c.TakeTicket(
        function_id="kiosk-1", visit_id=new_id(), service_id="civil_status", priority_class_id="usual"
    )
    reply = branch.ask("kiosk-1", command)
    assert isinstance(reply, TicketTaken), reply
    return f"{reply.prefix}{reply.number:03d}"


def log_of(branch: ServedBranch) -> list[bytes]:
    with Journal(branch.state / "branch.db") as journal:
        return [row.hash for row in journal.rows()]


@contextmanager
def training_of(real: ServedBranch, folder: Path) -> Iterator[ServedBranch]:
    """Run a training branch made from what is effective in the real one."""
    sources = marked(sources_of(real.state, CONFIG), read_texts(CONFIG))
    main_file = write_hall(Training(sources, 1), folder / "hall")
    training = ServedBranch(folder)
    ports = ["--port", "0", "--views-port", "0", "--pairing-port", "0", "--host", "127.0.0.1", "--json"]
    assert main(["init", "--state", str(training.state), "--config", str(main_file), *ports]) == 0
    training.start()
    try:
        yield training
    finally:
        training.stop()


def lasting(view: BoardView) -> BoardView:
    """Give what a board shows without the estimates, which grow old by themselves."""
    return replace(view, waiting=tuple(replace(one, estimate=None) for one in view.waiting))


def work(branch: ServedBranch) -> None:
    """Take, call, serve and end, as a trainee does."""
    branch.pair("web", function("staff", "staff-1"))
    presses: tuple[type[c.CounterCommand], ...] = (c.SignInClerk, c.OpenCounter, c.CallNext, c.StartService)
    with branch.link("web") as staff:
        for press in presses:
            ask(staff, press(function_id="staff-1", staff_role="clerk", counter_id="counter-1", clerk_id="an"))
        done = c.EndService(
            function_id="staff-1", staff_role="clerk", counter_id="counter-1", clerk_id="an", outcome="received"
        )
        ask(staff, done)


def ask(link: Link, command: c.CounterCommand) -> None:
    reply = link.ask_and_wait(command)  # type: ignore[arg-type]  # Each of those above is one of the commands.
    assert type(reply).__name__ != "Refused", (command, reply)


def test_nothing_of_a_training_hall_is_found_in_the_real_one(
    real: ServedBranch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    boards: list[BoardView] = []
    with real, ExitStack() as closing_all:
        real.pair("kiosk-1", function("kiosk", "kiosk-1"))
        real.pair("board-1", function("board", "board-1"))
        zone = zone_of(real)
        assert take(real) == "H001"
        assert main(["report", "--rebuild", "--state", str(real.state)]) == 0
        rows, before = read_day(real.state / REPORTS_FILE, ""), log_of(real)
        with real.link(
            "board-1",
            topics=(f"board/{zone}",),
            on_view=lambda _, envelope: boards.append(envelope.view) if isinstance(envelope.view, BoardView) else None,
        ):
            until(lambda: any(one.waiting for view in boards[-1:] for one in view.waiting), "the board shows H001")
            seen = boards[-1]
            training = closing_all.enter_context(training_of(real, tmp_path / "training"))
            training.pair("kiosk-1", function("kiosk", "kiosk-1"))
            assert [take(training) for _ in range(3)] == ["H001", "H002", "H003"]
            work(training)

            assert log_of(real) == before, "not one event"
            assert lasting(boards[-1]) == lasting(seen), "no board"
            assert main(["report", "--rebuild", "--state", str(real.state)]) == 0
            assert read_day(real.state / REPORTS_FILE, "") == rows, "no row"
            assert take(real) == "H002", "no number: the series goes on"

        no_report_is_made_of(training, capsys)
        a_device_of_one_is_a_stranger_to_the_other(training, real)


def zone_of(branch: ServedBranch) -> str:
    """Give the first zone of the hall."""
    found: list[HallView] = []
    with open_link(
        branch.state / "technician",
        topics=("hall",),
        on_view=lambda _, envelope: found.append(envelope.view) if isinstance(envelope.view, HallView) else None,
    ):
        until(lambda: bool(found), "the hall is told")
    return found[0].counters[0].zone_id


def no_report_is_made_of(training: ServedBranch, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["report", "--rebuild", "--state", str(training.state)]) == 1
    assert "training hall" in capsys.readouterr().err
    with pytest.raises(NoReports):
        read_day(training.state / REPORTS_FILE, "")


def a_device_of_one_is_a_stranger_to_the_other(training: ServedBranch, real: ServedBranch) -> None:
    """Even with the real hall's address in its file, a training kiosk gets no answer there."""
    state = training.folder / "devices" / "kiosk-1"
    real.settings.save(state)
    with training.link("kiosk-1") as stray, pytest.raises(NoAnswer):
        stray.ask_and_wait(c.Introduce(), deadline_s=2.0)
