"""The store of drafts: whose save counts, what is let go, and what a crash may cost."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queue_server.web import drafts as module
from queue_server.web.drafts import Drafts, SavedMeanwhile, TooLarge

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def drafts(tmp_path: Path) -> Iterator[Drafts]:
    made = Drafts(tmp_path, lambda: NOW)
    yield made
    made.close()


def test_a_save_is_there_with_who_and_why(drafts: Drafts) -> None:
    save = drafts.save({"branch.toml": "a = 1"}, by="tech", why="first", begun_from=0)
    assert drafts.last() == save
    assert (save.by_id, save.why, save.saved_at) == ("tech", "first", NOW)


def test_whoever_saves_second_is_told_and_nothing_is_lost(drafts: Drafts) -> None:
    first = drafts.save({"branch.toml": "a = 1"}, by="tech", why="", begun_from=0)
    drafts.save({"branch.toml": "a = 2"}, by="other", why="", begun_from=first.number)
    with pytest.raises(SavedMeanwhile) as refused:
        drafts.save({"branch.toml": "a = 3"}, by="tech", why="", begun_from=first.number)
    assert refused.value.save.by_id == "other"
    assert [save.sources["branch.toml"] for save in drafts.saves(most=9)] == ["a = 2", "a = 1"]


def test_the_same_again_is_no_new_save(drafts: Drafts) -> None:
    first = drafts.save({"branch.toml": "a = 1"}, by="tech", why="", begun_from=0)
    assert drafts.save({"branch.toml": "a = 1"}, by="other", why="", begun_from=first.number) == first


def test_a_file_that_no_configuration_may_be_is_refused(drafts: Drafts) -> None:
    with pytest.raises(TooLarge):
        drafts.save({"branch.toml": "#" * (module.TEXT_MOST_BYTES + 1)}, by="tech", why="", begun_from=0)
    with pytest.raises(TooLarge):
        drafts.save({f"{number}.toml": "" for number in range(module.FILES_MOST + 1)}, by="t", why="", begun_from=0)
    assert drafts.last() is None


def test_old_saves_are_let_go_but_never_one_that_was_published(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_SAVES", 3)
    number = 0
    for value in range(8):
        save = drafts.save({"branch.toml": f"a = {value}"}, by="tech", why="", begun_from=number)
        number = save.number
        if value == 2:
            drafts.publish(save, by="tech", why="it works", configuration_id="c" * 64, effective="now")
        drafts.keep_trial(number, "tech", b"{}")
    assert [save.sources["branch.toml"] for save in drafts.saves(most=99)] == ["a = 7", "a = 6", "a = 5", "a = 2"]
    assert drafts.save_of(1) is None
    assert drafts.trial(1) is None
    assert drafts.trial(number) is not None
    assert [one.why for one in drafts.publications(most=9)] == ["it works"]
    assert drafts._store.rows("SELECT count(*) AS n FROM texts")[0]["n"] == 4


SAVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from queue_server.web.drafts import Drafts
drafts = Drafts(Path(sys.argv[1]), lambda: datetime(2026, 11, 22, tzinfo=UTC))
number = 0
while True:
    number = drafts.save({"branch.toml": "a" * 50_000 + str(number)}, by="tech", why="", begun_from=number).number
    print(number, flush=True)
"""


def test_what_was_said_to_be_saved_is_there_after_a_kill(tmp_path: Path) -> None:
    saver = subprocess.Popen([sys.executable, "-c", SAVER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert saver.stdout is not None
    told = [int(saver.stdout.readline()) for _ in range(25)]
    saver.send_signal(signal.SIGKILL)
    told += [int(line) for line in saver.stdout.read().split()]
    saver.stdout.close()
    saver.wait()
    again = Drafts(tmp_path, lambda: NOW)
    last = again.last()
    assert last is not None
    assert last.number >= told[-1]
    assert last.sources["branch.toml"] == "a" * 50_000 + str(last.number - 1)
    again.close()
