"""The lines of webhooks: in order, on disk, bounded, and what is given up is there to be seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from queue_server.systems import outbox as lines
from queue_server.systems.file import SYSTEMS_FILE, SystemsFile
from queue_server.systems.outbox import Place, Told
from queue_server.systems.register import SystemProblem
from tests.unit.systems.test_register import Wall

ADDRESS = "https://portal.example/hook"


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def file(tmp_path: Path, wall: Wall) -> Iterator[SystemsFile]:
    opened = SystemsFile.at(tmp_path / SYSTEMS_FILE, wall)
    opened.register.add("portal", "Portal", by="tech")
    opened.webhooks.set("portal", ADDRESS, ["calls"], by="tech")
    yield opened
    opened.close()


def webhook_id(file: SystemsFile) -> str:
    webhook = file.webhooks.of("portal")
    assert webhook is not None
    return webhook.webhook_id


def told(file: SystemsFile, *sequences: int) -> None:
    mine = webhook_id(file)
    some = [Told(mine, f"{mine}-{one}", "visit_called", f'{{"sequence":{one}}}') for one in sequences]
    file.outbox.put(some, Place(max(sequences), bytes(32), frozenset({mine})))


def head(file: SystemsFile) -> str:
    found = file.outbox.head(webhook_id(file))
    return found.body if found else ""


def test_a_line_is_kept_in_order_and_nothing_is_told_twice(file: SystemsFile, tmp_path: Path, wall: Wall) -> None:
    told(file, 1, 2)
    told(file, 2, 3)  # As after a crash between reading and keeping the place.
    again = SystemsFile.at(tmp_path / SYSTEMS_FILE, wall)
    assert again.outbox.place() == Place(3, bytes(32), frozenset({webhook_id(again)}))
    seen = []
    while (found := again.outbox.head(webhook_id(again))) is not None:
        seen.append(found.body)
        again.outbox.taken(webhook_id(again), found.number)
    assert seen == ['{"sequence":1}', '{"sequence":2}', '{"sequence":3}']
    webhook = again.webhooks.of("portal")
    assert webhook is not None
    assert webhook.delivered == 3
    again.close()


def test_what_failed_is_tried_again_until_it_is_given_up_and_can_be_sent_again(file: SystemsFile, wall: Wall) -> None:
    told(file, 1, 2)
    mine = webhook_id(file)
    first = file.outbox.head(mine)
    assert first is not None
    file.outbox.failed(mine, first.number, "http_500", wall().timestamp() + 4, tries=1, last=False)
    assert head(file) == '{"sequence":1}', "the head stays the head"
    webhook = file.webhooks.of("portal")
    assert webhook is not None
    assert (webhook.failures, webhook.problem, webhook.again_at_s) == (1, "http_500", wall().timestamp() + 4)
    file.outbox.failed(mine, first.number, "http_500", 0, tries=2, last=True)
    assert head(file) == '{"sequence":2}', "one that is refused does not hold up the others"
    (dead,) = file.outbox.given_up(mine, 9)
    assert (dead.body, dead.problem, dead.tries, dead.given_up_at) == ('{"sequence":1}', "http_500", 2, wall())
    assert file.outbox.send_again(mine) == 1
    assert (file.outbox.given_up(mine, 9), head(file)) == ([], '{"sequence":1}')


def test_both_lists_are_bounded_and_the_oldest_goes_first(file: SystemsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "WAITING_MOST", 4)
    monkeypatch.setattr(lines, "GIVEN_UP_MOST", 3)
    mine = webhook_id(file)
    for sequence in range(1, 13):
        told(file, sequence)
    assert (file.outbox.waiting(mine), head(file)) == (4, '{"sequence":9}')
    assert [one.body for one in file.outbox.given_up(mine, 9)] == [f'{{"sequence":{one}}}' for one in (8, 7, 6)]
    assert {one.problem for one in file.outbox.given_up(mine, 9)} == {"line_full"}
    assert file.outbox.forget(mine) == 3
    assert file.outbox.count_given_up(mine) == 0


def test_what_waits_for_more_than_a_day_is_given_up(file: SystemsFile, wall: Wall) -> None:
    told(file, 1)
    wall.pass_(hours=23)
    told(file, 2)
    file.outbox.give_up_old()
    assert head(file) == '{"sequence":1}'
    wall.pass_(hours=2)
    file.outbox.give_up_old()
    assert head(file) == '{"sequence":2}'
    assert [one.problem for one in file.outbox.given_up(webhook_id(file), 9)] == ["too_old"]


def test_a_webhook_that_is_set_anew_begins_anew(file: SystemsFile) -> None:
    told(file, 1)
    before = file.webhooks.of("portal")
    secret = file.webhooks.set("portal", ADDRESS, ["ends"], by="tech")
    after = file.webhooks.of("portal")
    assert before is not None
    assert after is not None
    assert after.secret == secret != before.secret
    assert file.outbox.waiting(after.webhook_id) == 0
    assert file.outbox.head(before.webhook_id) is None
    file.outbox.put([Told(before.webhook_id, "late", "visit_called", "{}")], Place(9, bytes(32), frozenset()))
    assert file.outbox.head(before.webhook_id) is None, "what was on its way to the old one is nobody's"
    assert file.webhooks.remove("portal")
    assert not file.webhooks.remove("portal")


@pytest.mark.parametrize(
    ("address", "news", "code"),
    [("ftp://portal.example/", ["calls"], "address"), (ADDRESS, [], "kinds"), (ADDRESS, ["ratings"], "kinds")],
)
def test_a_webhook_that_cannot_be(file: SystemsFile, address: str, news: list[str], code: str) -> None:
    with pytest.raises(SystemProblem, match=code):
        file.webhooks.set("portal", address, news, by="tech")  # type: ignore[arg-type]  # Wrong on purpose.
