"""Inquiries in a hall that works: opened by low ratings, answered by a day, shown to a clerk as far as he may see."""

import msgspec
import pytest

from protocol import codec
from protocol import inquiry_commands as ic
from protocol import inquiry_events as ie
from protocol.configuration import InquiryRules
from protocol.inquiries import INQUIRIES_MOST, Inquiry
from protocol.link import new_id
from protocol.views import Refused
from tests.support.inquiries import WORDS, RatedHall, by, rated_hall
from tests.support.tables import visit_id

# Tuesday is a holiday, on which managers may work.
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (f"2026-11-{day}" for day in (24, 25, 26, 27))


def asked_hall(**rules: int) -> RatedHall:
    """Give a hall with one low rating of Monday, about which the clerk was asked on Tuesday."""
    hall = RatedHall(rated_hall(inquiries=InquiryRules(**rules)))  # type: ignore[arg-type]  # Numbers of days.
    hall.rated(1, 3, 2)
    hall.at("09:00", TUESDAY)
    assert hall.step("given", to="boss") == "ok"
    assert hall.step("statement_asked", text="Xin nêu ý kiến về cách giải thích giấy tờ.") == "ok"
    return hall


def only(hall: RatedHall) -> Inquiry:
    (inquiry,) = hall.inquiries
    return inquiry


def hearings(hall: RatedHall, clerk_id: str = "an") -> tuple[object, ...]:
    return tuple(hall.ask(by(ic.FetchHearings, clerk_id, "clerk")).hearings)


def test_a_low_rating_opens_one_inquiry_that_knows_whom_and_what_it_is_about() -> None:
    hall = RatedHall()
    hall.rated(1, 3, 2)
    inquiry = only(hall)
    assert (inquiry.clerk_id, inquiry.counter_id, inquiry.service_id) == ("an", "counter-1", "civil_status")
    assert (inquiry.channel, inquiry.level, inquiry.rated_day) == ("keypad", 3, "2026-11-23")
    assert inquiry.answer_until == "2026-11-30", "five working days later"
    assert (inquiry.prefix, inquiry.number, inquiry.state) == ("H", 2, "new")


@pytest.mark.parametrize(("opened_by", "opened"), [("unsatisfied", 1), ("lowest", 1), ("nothing", 0)])
def test_the_hall_decides_which_ratings_open_one(opened_by: str, opened: int) -> None:
    hall = RatedHall(rated_hall(inquiries=InquiryRules(opened_by=opened_by)))  # type: ignore[arg-type]  # One of them.
    hall.rated(1, 2, 3)
    assert len(hall.inquiries) == opened


def test_of_two_unsatisfied_answers_the_lowest_alone_may_open_one() -> None:
    scale = rated_hall().rating_scale
    levels = tuple(msgspec.structs.replace(one, satisfied=one.level < 2) for one in scale.levels)
    hall = RatedHall(
        msgspec.structs.replace(
            rated_hall(inquiries=InquiryRules(opened_by="lowest")),
            rating_scale=msgspec.structs.replace(scale, levels=levels),
        )
    )
    hall.rated(2, 3)
    assert only(hall).level == 3


def test_two_channels_of_one_visit_open_two_and_a_flagged_press_none() -> None:
    hall = RatedHall()
    hall.rated(3)
    hall.table.say("rate 1 3")
    assert len(hall.inquiries) == 1


def test_it_goes_from_an_owner_to_an_answer_in_time() -> None:
    hall = asked_hall()
    assert hall.step("called_back", call_back="no_contact") == "ok"
    assert hall.step("answered", finding="holds", text=WORDS) == "inquiry_statement_open"
    assert hall.say("stated") == "ok"
    assert hall.step("answered", finding="holds", text=WORDS) == "ok"
    inquiry = only(hall)
    assert [one.kind for one in inquiry.steps] == ["given", "statement_asked", "called_back", "stated", "answered"]
    assert {one.by for one in inquiry.steps} == {"boss", "an"}
    found = hall.ask(by(ic.FetchInquiries, shown="all"))
    assert (found.in_time, found.due, found.open) == (1, 1, 0)


def test_a_step_sent_twice_is_one_step() -> None:
    hall = RatedHall()
    hall.rated(3)
    step_id = new_id()
    assert [hall.step("given", to="boss", step_id=step_id) for _ in range(2)] == ["ok", "ok"]
    assert len(only(hall).steps) == 1


def test_open_overdue_and_mine_are_told_apart_and_those_due_first_come_first() -> None:
    hall = RatedHall(rated_hall(inquiries=InquiryRules(answer_days=1)))
    hall.rated(3)
    hall.at("09:00", THURSDAY)
    hall.rated(3)
    first, second = sorted(hall.inquiries, key=lambda one: one.rated_day)
    assert hall.code(ic.StepInquiry, inquiry_id=second.inquiry_id, kind="given", to="boss") == "ok"

    def listed(shown: str) -> list[str]:
        return [one.inquiry_id for one in hall.ask(by(ic.FetchInquiries, shown=shown)).inquiries]

    assert listed("open") == [first.inquiry_id, second.inquiry_id]
    assert listed("overdue") == [first.inquiry_id]
    assert listed("mine") == [second.inquiry_id]
    found = hall.ask(by(ic.FetchInquiries))
    assert (found.open, found.overdue, found.mine, found.in_time, found.due) == (2, 1, 1, 0, 1)


def test_no_rating_no_share() -> None:
    hall = RatedHall()
    hall.rated(1)
    found = hall.ask(by(ic.FetchInquiries))
    assert (found.in_time, found.due, found.open) == (0, 0, 0)


def test_the_clerk_sees_nothing_on_the_day_nor_before_a_manager_opens_it() -> None:
    hall = RatedHall()
    hall.rated(3)
    assert hall.step("given", to="boss") == "ok"
    assert hall.step("statement_asked", text=WORDS) == "inquiry_same_day"
    assert hearings(hall) == ()
    hall.at("09:00", TUESDAY)
    assert hearings(hall) == (), "taken up, and not opened"
    assert hall.step("statement_asked", text=WORDS) == "ok"
    assert len(hearings(hall)) == 1
    assert hearings(hall, "binh") == (), "nobody else's"


def test_answered_on_the_day_itself_it_is_the_clerks_from_the_next_day_on() -> None:
    hall = RatedHall()
    hall.rated(3)
    assert hall.step("given", to="boss") == "ok"
    assert hall.step("answered", finding="holds_not", text=WORDS) == "ok"
    assert hearings(hall) == ()
    assert hall.say("appealed") == "inquiry_not_yours"
    hall.at("09:00", TUESDAY)
    assert len(hearings(hall)) == 1


def test_what_the_clerk_is_told_names_no_visit_no_time_no_key_and_no_citizen() -> None:
    hall = asked_hall()
    told = codec.encode(hall.ask(by(ic.FetchHearings, "an", "clerk"))).decode()
    inquiry = only(hall)
    hidden = (
        *(inquiry.inquiry_id, visit_id("V2"), inquiry.rated_day, "counter-1", "civil_status", "keypad", "H002"),
        *("level", "reasons", "boss", "number", "slow"),
    )
    assert [one for one in hidden if one in told] == []
    assert "Xin nêu ý kiến" in told


def test_a_clerk_gets_the_same_refusal_whatever_he_guesses() -> None:
    hall = RatedHall()
    hall.rated(3)
    hall.rated(3, counter=2)
    hall.at("09:00", TUESDAY)
    other = next(one for one in hall.inquiries if one.clerk_id == "binh")
    for kind, more in (("given", {"to": "boss"}), ("statement_asked", {"text": WORDS})):
        assert hall.code(ic.StepInquiry, inquiry_id=other.inquiry_id, kind=kind, **more) == "ok"
    hearing_id = next(one for one in hall.inquiries if one.clerk_id == "binh").hearing_id
    own = next(one for one in hall.inquiries if one.clerk_id == "an")
    guesses = (hearing_id, own.inquiry_id, new_id())
    answers = [
        hall.ask(by(ic.SpeakInInquiry, "an", "clerk", hearing_id=one, kind="stated", text=WORDS)) for one in guesses
    ]
    assert answers == [Refused(code="inquiry_not_yours")] * 3


def test_an_appeal_is_decided_by_who_had_no_part_in_it() -> None:
    hall = asked_hall(appeal_days=1)
    assert hall.say("stated") == "ok"
    assert hall.step("answered", finding="holds", text=WORDS) == "ok"
    hall.at("09:00", WEDNESDAY)
    assert hall.say("appealed", text="Tôi đã giải thích đủ giấy tờ theo danh mục.") == "ok"
    for clerk_id, code in (("boss", "inquiry_same_reviewer"), ("an", "unknown_inquiry")):
        assert hall.step("reviewed", clerk_id, finding="holds_not", text=WORDS) == code
    assert [hall.ask(by(ic.FetchInquiries, one)).mine for one in ("boss", "head")] == [0, 1]
    assert hall.step("reviewed", "head", finding="holds_not", text="Không có căn cứ.") == "ok"
    assert (only(hall).state, only(hall).finding) == ("closed", "holds_not")
    (hearing,) = hall.ask(by(ic.FetchHearings, "an", "clerk")).hearings
    assert (hearing.review, hearing.finding, hearing.may_appeal) == ("Không có căn cứ.", "holds_not", False)


def test_after_the_days_for_an_appeal_it_is_over() -> None:
    hall = asked_hall(appeal_days=1)
    assert hall.say("stated") == "ok"
    assert hall.step("answered", finding="open", text=WORDS) == "ok"
    hall.at("09:00", THURSDAY)
    assert hall.say("appealed") == "inquiry_too_late"
    assert hall.ask(by(ic.FindInquiry, inquiry_id=only(hall).inquiry_id)).state == "closed"


def test_a_manager_who_served_neither_sees_it_nor_acts_in_it() -> None:
    hall = RatedHall()
    hall.rated(3)
    inquiry_id = only(hall).inquiry_id
    assert hall.code(ic.FindInquiry, "an", inquiry_id=inquiry_id) == "unknown_inquiry"
    assert hall.step("given", "an", to="an") == "unknown_inquiry"
    assert hall.step("given", to="an") == "inquiry_own"
    found = hall.ask(by(ic.FetchInquiries, "an", shown="all"))
    assert (found.inquiries, found.open) == ((), 0)


def test_an_inspector_reads_and_changes_nothing() -> None:
    hall = asked_hall()
    found = hall.ask(by(ic.FindInquiry, "doan", "inspector", inquiry_id=only(hall).inquiry_id))
    assert list(found.words.values()) == ["Xin nêu ý kiến về cách giải thích giấy tờ."]
    assert (found.level_names["en"], found.state) == ("Not satisfied", "in_hand")
    step = by(ic.StepInquiry, "doan", "inspector", inquiry_id=only(hall).inquiry_id, kind="given", to="doan")
    assert hall.ask(step) == Refused(code="not_allowed")


def test_it_is_carried_over_and_its_words_go_so_many_days_after_the_end() -> None:
    hall = asked_hall(kept_days=3, appeal_days=1)
    assert hall.say("stated") == "ok"
    assert hall.step("answered", finding="holds", text=WORDS) == "ok"
    before = only(hall)
    hall.at("09:00", FRIDAY)
    assert only(hall) == before
    hall.at("09:00", "2026-11-30")
    assert hall.inquiries == [], "over since Wednesday, three days ago on Saturday"
    erased = [one for one in hall.driven.events() if isinstance(one, ie.InquiriesErased)]
    assert [one.inquiry_ids for one in erased] == [(before.inquiry_id,)]


def test_an_open_one_is_never_erased() -> None:
    hall = RatedHall(rated_hall(inquiries=InquiryRules(kept_days=1)))
    hall.rated(3)
    hall.at("09:00", "2026-12-15")
    assert only(hall).is_overdue("2026-12-15")


def test_a_full_register_opens_no_more_and_says_so() -> None:
    hall = RatedHall()
    hall.rated(3)
    kept = only(hall)
    many = [msgspec.structs.replace(kept, inquiry_id=f"{number:032x}") for number in range(1, INQUIRIES_MOST)]
    hall.driven.happens(ie.InquiriesKept(at=hall.driven.at, inquiries=tuple(many)))
    hall.rated(3)
    assert len(hall.inquiries) == INQUIRIES_MOST
    assert hall.ask(by(ic.FetchInquiries)).is_full


def test_the_log_holds_no_word_of_it() -> None:
    hall = asked_hall()
    assert hall.say("stated") == "ok"
    assert hall.step("answered", finding="holds", text=WORDS) == "ok"
    log = b"".join(hall.driven.log).decode()
    assert WORDS not in log
    assert "Xin nêu" not in log
