"""Alerts in a hall that works: raised as ratings count, once, each channel on its own, and hidden from those rated."""

from datetime import timedelta

import pytest

from protocol import codec
from protocol import events as e
from protocol import inquiry_commands as ic
from protocol import inquiry_events as ie
from protocol.configuration import AlertRules
from protocol.inquiries import COMMENTS_MOST, RaisedAlert
from protocol.link import new_id
from protocol.roles import COMMANDS_OF_STAFF_ROLE
from queue_server import core
from tests.support.inquiries import WORDS, RatedHall, by, rated_hall


def told(alert: RaisedAlert) -> tuple[str, str, int, int]:
    return alert.counter_id, alert.channel, alert.unsatisfied, alert.rated


def step(hall: RatedHall, kind: str, text: str = "", clerk_id: str = "boss", role: str = "manager") -> str:
    """Take a step in the first alert."""
    alert_id = hall.alerts[0].alert_id
    return hall.code(ic.StepAlert, clerk_id, role, alert_id=alert_id, kind=kind, text=text)


def test_the_fourth_unsatisfied_answer_of_a_quarter_of_an_hour_raises_one_alert() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3)
    assert hall.alerts == []
    hall.rated(3)
    assert [told(one) for one in hall.alerts] == [("counter-1", "keypad", 4, 4)]
    hall.rated(1, 3, 3)
    assert [told(one) for one in hall.alerts] == [("counter-1", "keypad", 6, 7)], "it grows, and is not raised twice"


def test_half_of_them_is_enough_and_less_is_not() -> None:
    hall = RatedHall()
    hall.rated(1, 3, 1, 1, 3)
    assert hall.alerts == []
    hall.rated(3)
    assert [told(one) for one in hall.alerts] == [("counter-1", "keypad", 3, 6)]


def test_the_rules_are_those_of_the_hall() -> None:
    hall = RatedHall(rated_hall(AlertRules(share_percent=100, within_s=300, least=2)))
    hall.rated(3)
    hall.driven.advance(hall.driven.at + timedelta(seconds=300))
    hall.rated(3, 1)
    assert hall.alerts == [], "one is too old, and one is satisfied"
    hall.driven.advance(hall.driven.at + timedelta(seconds=300))
    hall.rated(3, 3)
    assert [told(one) for one in hall.alerts] == [("counter-1", "keypad", 2, 2)]


def test_presses_that_do_not_count_raise_nothing() -> None:
    hall = RatedHall()
    hall.rated(1)
    for _ in range(20):
        assert hall.table.say("rate 1 3") == "no_open_window"
        hall.table.say("wait 5")
    assert hall.alerts == []
    assert hall.inquiries == []


def test_each_channel_counts_on_its_own() -> None:
    hall = RatedHall()
    for channel in ("keypad", "terminal") * 3:
        hall.rated(3, channel=channel)
    assert hall.alerts == [], "three of each are no four of one"
    hall.rated(3, channel="terminal")
    assert [told(one) for one in hall.alerts] == [("counter-1", "terminal", 4, 4)]


def test_the_hall_has_an_alert_where_no_single_counter_has() -> None:
    hall = RatedHall()
    for counter in (1, 2, 1):
        hall.rated(3, counter=counter)
    hall.rated(3, counter=3)
    assert [told(one) for one in hall.alerts] == [("", "keypad", 4, 4)]
    assert hall.alerts[0].clerk_ids == ("an", "binh", "chi")


def test_an_alert_of_a_counter_says_it_for_the_hall_too() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3, 3)
    assert [one.counter_id for one in hall.alerts] == ["counter-1"]


def test_it_is_acknowledged_commented_and_closed_by_whom_and_when() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    assert step(hall, "commented", " ") == "inquiry_no_words"
    assert [step(hall, *one) for one in (("acknowledged",), ("commented", WORDS), ("closed", "Đã thêm người."))] == [
        "ok"
    ] * 3
    (alert,) = hall.alerts
    assert [(one.kind, one.by, one.has_words) for one in alert.steps] == [
        ("acknowledged", "boss", False),
        ("commented", "boss", True),
        ("closed", "boss", True),
    ]
    assert (alert.state, alert.closed_day) == ("closed", "2026-11-23")
    assert all(one.at > alert.raised_at for one in alert.steps)
    assert step(hall, "commented", WORDS) == "alert_over"
    found = hall.ask(by(ic.FetchAlerts))
    assert [found.words[one.step_id] for one in alert.steps if one.has_words] == [WORDS, "Đã thêm người."]


def test_a_step_sent_twice_is_one_step_and_comments_have_a_limit() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    step_id = new_id()
    for _ in range(2):
        assert (
            hall.code(ic.StepAlert, alert_id=hall.alerts[0].alert_id, step_id=step_id, kind="commented", text=WORDS)
            == "ok"
        )
    assert len(hall.alerts[0].steps) == 1
    answers = [step(hall, "commented", WORDS) for _ in range(COMMENTS_MOST)]
    assert answers.count("ok") == COMMENTS_MOST - 1
    assert answers[-1] == "alert_long"
    assert step(hall, "closed") == "ok", "it can always be closed"


def test_what_a_closed_alert_has_told_of_raises_no_other_one() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    assert step(hall, "closed") == "ok"
    hall.rated(3, 3, 3)
    assert len(hall.alerts) == 1
    hall.rated(3)
    assert [told(one) for one in hall.alerts] == [("counter-1", "keypad", 4, 4)] * 2
    assert [one.state for one in hall.alerts] == ["closed", "open"]


def test_an_alert_outlives_the_day_until_it_is_closed_and_then_its_days() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    assert step(hall, "acknowledged") == "ok"
    (before,) = hall.alerts
    hall.at("09:00", "2026-11-24")
    assert hall.alerts == [before]
    assert step(hall, "closed") == "ok"
    hall.at("09:00", "2026-12-24")
    assert len(hall.alerts) == 1
    hall.at("09:00", "2026-12-25")
    assert hall.alerts == [], "thirty days after the end"
    erased = [one for one in hall.driven.events() if isinstance(one, ie.InquiriesErased)]
    assert erased[-1].alert_ids == (before.alert_id,)


def test_yesterdays_answers_raise_no_alert_today() -> None:
    hall = RatedHall(rated_hall(AlertRules(within_s=14_400)))
    hall.rated(3, 3, 3)
    hall.at("08:00", "2026-11-25")
    hall.rated(3)
    assert hall.alerts == []


def test_replayed_from_the_log_it_is_the_same_and_raised_once() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3)
    bodies = list(hall.driven.log)
    again = core.replay(codec.decode_event(body) for body in bodies)
    assert again.answered_lately == hall.branch.answered_lately
    hall.rated(3)
    again = core.replay(hall.driven.events())
    assert again.alerts == hall.branch.alerts
    assert again.inquiries == hall.branch.inquiries
    assert sum(isinstance(one, ie.AlertRaised) for one in hall.driven.events()) == 1


def test_a_log_without_alerts_replays_to_a_hall_without_alerts() -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    old = [one for one in hall.driven.events() if not isinstance(one, ie.InquiryEvent)]
    assert any(isinstance(one, e.VisitRated) for one in old)
    again = core.replay(old)
    assert (again.alerts, again.inquiries) == ({}, {})


@pytest.mark.parametrize(
    ("clerk_id", "role", "sees"),
    [("boss", "manager", True), ("doan", "inspector", True), ("an", "manager", False), ("an", "inspector", False)],
)
def test_managers_and_inspectors_see_it_unless_it_is_about_them(clerk_id: str, role: str, *, sees: bool) -> None:
    hall = RatedHall()
    hall.rated(3, 3, 3, 3)
    found = hall.ask(by(ic.FetchAlerts, clerk_id, role))
    concerns = hall.ask(by(ic.FetchConcerns, clerk_id, role))
    assert (len(found.alerts), found.open, concerns.alerts_open, concerns.alerts_new) == (sees,) * 4
    assert concerns.inquiries_open == 4 * sees
    if role == "manager":
        assert step(hall, "acknowledged", clerk_id=clerk_id) == ("ok" if sees else "unknown_alert")
    else:
        assert step(hall, "acknowledged", clerk_id=clerk_id, role=role) == "not_allowed"


def test_no_clerk_usher_or_technician_may_ask_for_alerts_or_inquiries() -> None:
    asked = {ic.FetchAlerts, ic.FetchInquiries, ic.FindInquiry, ic.FetchConcerns, ic.StepAlert, ic.StepInquiry}
    for role in ("clerk", "usher", "technician"):
        assert not asked & COMMANDS_OF_STAFF_ROLE[role], role


def test_no_view_tells_of_an_alert() -> None:
    calm, alarmed = RatedHall(), RatedHall()
    calm.rated(1, 2, 1, 2)
    alarmed.rated(3, 3, 3, 3)
    assert len(alarmed.alerts) == 1
    for topic in sorted(core.topics(calm.branch)):
        views = [codec.encode(core.view_of(one.branch, topic, {}, one.driven.at)) for one in (calm, alarmed)]
        assert views[0] == views[1], topic
