"""The rating terminal's real program at a real counter: asked when a service ends, and only then."""

from pathlib import Path
from typing import Any

import apsw
import pytest

from protocol.codec import decode_event
from protocol.commands import CallNext, EndService, OpenCounter, SignInClerk, StartService, TakeTicket
from protocol.events import RatingPressed, VisitRated
from protocol.keys import new_id
from protocol.views import Refused
from tests.support.asking_hall import asking_at_once
from tests.support.real_hall import RealHall, RealScreen, words

pytestmark = [pytest.mark.screen, pytest.mark.timeout(240)]

AT_COUNTER: dict[str, Any] = {
    "function_id": "staff-1",
    "staff_role": "clerk",
    "counter_id": "counter-2",
    "clerk_id": "clerk-lan",
}

A_MOMENT_S = 0.5
"""Hall time in which one reads: who answers sooner is not believed (`too_soon`, `debounce` in `docs/rules.md`)."""


def log_of(hall: RealHall) -> list[object]:
    log = apsw.Connection(str(hall.folder / "server" / "branch.db"), apsw.SQLITE_OPEN_READONLY)
    bodies = [row[0] for row in log.execute("select body from events order by seq")]
    log.close()
    return [decode_event(body.encode() if isinstance(body, str) else body) for body in bodies]


def test_a_service_ends_the_citizen_rates_changes_her_mind_and_the_log_has_both(tmp_path: Path) -> None:
    # At this rate the rating window of a minute and a half lasts long enough on a busy machine.
    with RealHall(tmp_path, rate=3.0, config=asking_at_once(tmp_path)) as hall:
        state = hall.pair("tablet-2", "rating_terminal:rating-terminal-2:counter-2")
        with RealScreen("rating", state) as terminal:
            terminal.on("idle", having="Quầy 2")
            take = TakeTicket(
                function_id="staff-1",
                staff_role="clerk",
                visit_id=new_id(),
                service_id="civil_status",
                priority_class_id="usual",
            )
            replies = hall.staff(
                take,
                SignInClerk(**AT_COUNTER),
                OpenCounter(**AT_COUNTER),
                CallNext(**AT_COUNTER),
                StartService(**AT_COUNTER),
                EndService(**AT_COUNTER, outcome="received"),
            )
            refused = [reply for reply in replies if isinstance(reply, Refused)]
            assert not [one for one in refused if one.code != "counter_open"], refused
            asked = terminal.on("question", having="H001")
            assert "Rất hài lòng" in words(asked)
            assert not any("%" in text["text"] for text in asked["texts"]), "what others pressed is never shown"
            terminal.wait_for_hall_time(A_MOMENT_S)
            terminal.touch_text("Không hài lòng")
            terminal.on("reasons")
            terminal.touch_text("Bỏ qua")
            terminal.on("thanks")
            terminal.touch_text("Đổi đánh giá")
            terminal.on("question")
            terminal.wait_for_hall_time(A_MOMENT_S)
            terminal.touch_text("Rất hài lòng")
            terminal.on("thanks", having="Cảm ơn quý vị đã đánh giá!")
            terminal.on("idle")
        assert terminal.exit_code == 0
        happened = log_of(hall)
    presses = [(event.level, event.flag) for event in happened if isinstance(event, RatingPressed)]
    assert presses == [(4, ""), (1, "")]
    assert [event.level for event in happened if isinstance(event, VisitRated)] == [1]
