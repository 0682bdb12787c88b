"""Small days under changed rules, worked out by hand."""

import msgspec

from protocol.configuration import Configuration
from queue_server.replay.figures import Gathering
from queue_server.replay.player import Played, play
from queue_server.replay.recorder import record
from queue_server.replay.story import Story
from tests.support.halls import small_hall
from tests.support.tables import play as play_table
from tests.support.tables import visit_name

FIRST_COME = """
    at 08:00
    signin an 1
    take V1 civil_status
    wait 30
    call 1
    start 1
    at 08:05
    take V2 civil_status
    at 08:08
    take V3 civil_status elderly
    at 08:11
    end 1 received
    wait 10
    call 1            -> V3 priority
    start 1
    wait 300
    end 1 received
    wait 10
    call 1            -> V2 priority
    start 1
    wait 60
    end 1 received
"""


def story_of(script: str, configuration: Configuration | None = None) -> Story:
    hall = configuration or small_hall()
    table = play_table(script + "\n    at 20:00\n", hall)
    events = table.hall.events()
    begin = next(index for index, event in enumerate(events) if type(event).__name__ == "DayOpened")
    story = record(enumerate(events[begin:], begin), hall)
    assert story is not None
    return story


def draft(**changes: object) -> Configuration:
    return msgspec.structs.replace(small_hall(**changes), configuration_id="d" * 64)


def order(played: Played) -> list[str]:
    return [visit_name(call.visit_id) for call in played.calls]


def equal_slopes() -> Configuration:
    hall = small_hall()
    classes = tuple(msgspec.structs.replace(one, slope=1.0) for one in hall.priority_classes)
    return draft(priority_classes=classes)


def test_without_a_steeper_slope_who_came_first_goes_first() -> None:
    story = story_of(FIRST_COME)
    played = play(story, equal_slopes())
    assert order(played) == ["V1", "V2", "V3"]
    assert +played.unrepeated == {}
    second, third = played.calls[1:]
    assert (second.at - story.visits[second.visit_id].taken.at).total_seconds() == 370, "08:05:00 to 08:11:10"
    assert (third.at - second.at).total_seconds() == 70, "V2 needs the 60 s that it needed; then 10 s as recorded"


def test_figures_tell_both_sides() -> None:
    story = story_of(FIRST_COME)
    rules = equal_slopes()
    gathering = Gathering(rules)
    gathering.add(story, play(story, rules))
    found = gathering.comparison()
    assert (found.visits, found.calls_before, found.calls_after, found.same_calls) == (3, 3, 3, 1)
    by_class = {row.row_id: row for row in found.classes}
    assert (by_class["elderly"].before.longest_s, by_class["elderly"].after.longest_s) == (190, 260)
    assert (by_class["usual"].before.longest_s, by_class["usual"].after.longest_s) == (680, 370)
    assert found.all.before.waiting.p50_s is None, "three people are too few for a percentile"
    assert found.unrepeated == {}
    assert found.not_played == ()


def test_people_of_a_service_that_is_gone_are_left_out_and_counted() -> None:
    story = story_of(
        "at 08:00\nsignin an 1\ntake V1 civil_status\ntake V2 land\nwait 5\ncall 1\nstart 1\nend 1 received"
    )
    hall = small_hall()
    rules = draft(services=tuple(one for one in hall.services if one.service_id != "land"))
    played = play(story, rules)
    assert +played.unrepeated == {"service_gone": 1}
    assert order(played) == ["V1"]
    gathering = Gathering(rules)
    gathering.add(story, played)
    found = gathering.comparison()
    assert found.visits == 1
    assert found.all.before.within_target.whole == 1, "who is left out is left out of both sides"


def test_a_counter_that_is_gone_serves_nobody() -> None:
    story = story_of(
        "at 08:00\nsignin an 1\nsignin binh 2\ntake V1 land\nwait 5\ncall 2\nstart 2\nwait 60\nend 2 received"
    )
    hall = small_hall()
    rules = draft(counters=tuple(one for one in hall.counters if one.counter_id != "counter-2"))
    played = play(story, rules)
    assert played.unrepeated["counter_gone"] == 1
    assert [(call.counter_id, visit_name(call.visit_id)) for call in played.calls] == [("counter-1", "V1")]
    assert played.unrepeated["more_calls"] == 1, "counter 1 called nobody that day"


def test_who_gave_up_may_be_called_first_and_what_they_needed_is_not_known() -> None:
    story = story_of(
        "at 08:00\nsignin an 1\ntake V1 civil_status\ntake V2 civil_status elderly\nwait 5\n"
        "call 1 -> V2 priority\nstart 1\nwait 60\ncancel V1 an\nend 1 received"
    )
    played = play(story, equal_slopes())
    assert order(played) == ["V1", "V2"]
    assert played.unrepeated["gave_up_but_called"] == 1
    assert played.unrepeated["need_unknown"] == 1


def test_what_a_clerk_chose_by_hand_is_chosen_again_if_it_still_waits() -> None:
    script = """
        at 08:00
        signin an 1
        take V1 civil_status
        take V2 civil_status
        wait 10
        choose 1 V2 frail  -> V2 chosen
        start 1
        wait 60
        end 1 received
        wait 10
        call 1             -> V1 priority
    """
    played = play(story_of(script), equal_slopes())
    assert [(visit_name(call.visit_id), call.clause) for call in played.calls] == [("V2", "chosen"), ("V1", "priority")]


def test_a_parked_visit_is_taken_up_again_where_it_was_parked() -> None:
    script = """
        at 08:00
        signin an 1
        take V1 civil_status
        wait 5
        call 1
        start 1
        wait 60
        park 1 0
        take V2 civil_status
        wait 5
        call 1
        start 1
        wait 60
        end 1 received
        wait 5
        resume 1 V1        -> V1 resumed
    """
    played = play(story_of(script), draft())
    assert [(visit_name(call.visit_id), call.clause) for call in played.calls] == [
        ("V1", "priority"),
        ("V2", "priority"),
        ("V1", "resumed"),
    ]


def test_what_a_draft_changes_about_numbers_is_said_to_be_left_out() -> None:
    story = story_of(FIRST_COME)
    hall = small_hall()
    calendar = msgspec.structs.replace(hall.calendar, kiosk_lead_s=60)
    rules = draft(calendar=calendar)
    gathering = Gathering(rules)
    gathering.add(story, play(story, rules))
    assert gathering.comparison().not_played == ("calendar",)


def test_a_stopped_hall_calls_nobody_under_any_rules() -> None:
    script = """
        at 08:00
        signin an 1
        take V1 civil_status
        take V2 civil_status elderly
        wait 10
        stop -
        wait 600
        goon
        wait 20
        call 1             -> V2 priority
    """
    story = story_of(script)
    assert len(story.stops) == 2
    (call,) = play(story, draft()).calls
    assert call == story.calls[0]
    other, *_ = play(story, equal_slopes()).calls
    assert (visit_name(other.visit_id), other.at) == ("V1", call.at), "600 s of the stop are nobody's own time"
