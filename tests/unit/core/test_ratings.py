"""Ratings as tables: the system asks, the last press within the window counts, and every press is kept."""

import msgspec
import pytest

from protocol import events as e
from protocol.rating_views import RatingView
from queue_server import core
from tests.support.halls import small_hall
from tests.support.tables import play, visit_id

SERVED = """
    take    V1 civil_status
    signin  an 1
    call    1
    start   1
    wait    300
    end     1 received
"""

SCENARIOS = {
    "the last press counts, once the window closes by time": """
        asks    1                              -> H001 usual
        wait    2
        rate    1 3                            -> counted
        wait    1
        rate    1 1                            -> counted
        rated   V1                             -> none
        wait    86.9
        asks    1                              -> H001 usual
        wait    0.1
        asks    1                              -> nobody
        rated   V1                             -> keypad:1
        rate    1 2                            -> no_open_window
    """,
    "keypad and terminal are channels of their own": """
        wait    2
        rate    1 2                            -> counted
        rate    1 3 terminal nonce             -> counted
        wait    90
        rated   V1                             -> keypad:2 terminal:3
    """,
    "a bounce, a press too soon, a key that is not on the scale": """
        wait    0.299
        rate    1 1                            -> too_soon
        wait    0.001
        rate    1 2                            -> counted
        wait    0.399
        rate    1 3                            -> debounce
        rate    1 3 terminal                   -> counted
        wait    0.001
        rate    1 1                            -> counted
        rate    1 4                            -> unknown_level
        wait    100
        rated   V1                             -> keypad:1 terminal:3
    """,
    "presses that a slow link brings together were still made apart": """
        wait    9
        rate    1 3 terminal ago:4             -> counted
        rate    1 1 terminal ago:2             -> counted
        rate    1 2 terminal ago:1.7           -> debounce
        rate    1 2 terminal ago:2.3           -> debounce
        wait    100
        rated   V1                             -> terminal:1
    """,
    "the same press twice is kept once": """
        wait    2
        rate    1 2                            -> counted
        rate    1 2 keypad same                -> nothing
    """,
    "no question, no answer": """
        rate    2 1                            -> no_open_window
        rate    1 1 terminal stale             -> stale_window
        rate    2 1 terminal of:1              -> wrong_counter
        wait    2
        rate    1 2 keypad buffered            -> buffered
        rate    1 2 terminal buffered nonce    -> counted
        wait    100
        rated   V1                             -> terminal:2
    """,
    "a press after the window does not count, even before the loop has ticked": """
        wait    2
        rate    1 2                            -> counted
        leap    87.9
        rate    1 1                            -> counted
        leap    0.1
        rate    1 3                            -> no_open_window
        wait    0
        rated   V1                             -> keypad:1
    """,
    "the next call leaves a short grace": """
        take    V2 civil_status
        wait    2
        rate    1 2                            -> counted
        call    1                              -> V2 priority
        wait    9.9
        rate    1 1                            -> counted
        wait    0.1
        asks    1                              -> nobody
        rated   V1                             -> keypad:1
    """,
    "a grace never lengthens a window": """
        take    V2 civil_status
        wait    85
        call    1                              -> V2 priority
        wait    5
        asks    1                              -> nobody
    """,
    "the next start shuts the question at once": """
        take    V2 civil_status
        wait    2
        rate    1 2                            -> counted
        call    1
        start   1
        asks    1                              -> nobody
        rated   V1                             -> keypad:2
        rate    1 3                            -> no_open_window
        end     1 received
        asks    1                              -> H002 usual
    """,
    "ending the next call at once shuts the question once": """
        take    V2 civil_status
        wait    2
        rate    1 2                            -> counted
        call    1                              -> V2 priority
        end     1 received
        asks    1                              -> H002 usual
        rated   V1                             -> keypad:2
    """,
    "nobody is asked who was not served": """
        take    V2 civil_status
        call    1
        start   1
        end     1 left
        asks    1                              -> nobody
        link    V2 1                           -> refused not_rateable
    """,
    "a visit sent on after service is asked where it was served, and once": """
        take    V2 civil_status
        signin  binh 2
        call    1                              -> V2 priority
        start   1
        wait    60
        transfer 1 land
        asks    1                              -> H002 usual
        wait    1
        rate    1 2                            -> counted
        wait    100
        rated   V2                             -> keypad:2
        call    2                              -> V2 priority
        start   2
        wait    60
        end     2 received
        asks    2                              -> nobody
        rated   V2                             -> keypad:2
    """,
    "a visit sent on without an answer is asked at the end": """
        take    V2 civil_status
        signin  binh 2
        call    1
        start   1
        transfer 1 land
        wait    100
        call    2
        start   2
        end     2 received
        asks    2                              -> H002 usual
        wait    1
        rate    2 1
        wait    100
        rated   V2                             -> keypad:1
    """,
    "an answer at the first counter counts once the service starts at the second, which then does not ask": """
        take    V2 civil_status
        signin  binh 2
        call    1
        start   1
        transfer 1 land
        wait    1
        rate    1 3                            -> counted
        call    2
        asks    1                              -> H002 usual
        start   2
        asks    1                              -> nobody
        rated   V2                             -> keypad:3
        rate    1 1                            -> no_open_window
        end     2 received
        asks    2                              -> nobody
    """,
    "a question left unanswered shuts when its citizen is served elsewhere, and is asked there": """
        take    V2 civil_status
        signin  binh 2
        call    1
        start   1
        transfer 1 land
        call    2
        end     2 received
        asks    1                              -> nobody
        asks    2                              -> H002 usual
        wait    1
        rate    1 3                            -> no_open_window
        rate    2 1                            -> counted
        wait    100
        rated   V2                             -> keypad:1
    """,
    "a service started and ended in one step does not ask again who is just being counted": """
        take    V2 civil_status
        signin  binh 2
        call    1
        start   1
        transfer 1 land
        wait    1
        rate    1 3                            -> counted
        call    2
        end     2 received
        asks    1                              -> nobody
        asks    2                              -> nobody
        wait    100
        rated   V2                             -> keypad:3
    """,
    "a call sent on unserved is not asked": """
        take    V2 civil_status
        wait    100
        call    1
        transfer 1 land
        asks    1                              -> nobody
    """,
    "by the ticket's link, once, beside the keypad": """
        link    V1 1 wrong                     -> refused secret_wrong
        link    V9 1                           -> refused unknown_visit
        link    V1 7                           -> refused not_rateable
        link    V1 1                           -> ok
        link    V1 2                           -> refused already_rated
        link    V1 2                           -> refused already_rated
        wait    1
        rate    1 2
        wait    100
        rated   V1                             -> link:1 keypad:2
    """,
    "closing the day shuts the question and counts it": """
        wait    2
        rate    1 2
        closeday
        rated   V1                             -> keypad:2
        rate    1 1                            -> outside_hours
    """,
    "a sad procedure is asked in a neutral tone": """
        take    V2 civil_status usual for:death
        take    V3 civil_status usual for:birth
        call    1
        start   1
        end     1 received
        asks    1                              -> H002 neutral
        call    1
        start   1
        end     1 received
        asks    1                              -> H003 usual
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_rating(name: str) -> None:
    play(SERVED + SCENARIOS[name])


def test_a_sad_service_is_asked_in_a_neutral_tone() -> None:
    hall = small_hall()
    sad = tuple(msgspec.structs.replace(service, rating_tone="neutral") for service in hall.services)
    play(SERVED + "asks 1 -> H001 neutral", small_hall(services=sad))


def test_the_words_after_a_service_are_those_of_the_procedure_else_of_the_service_and_else_none() -> None:
    hall = small_hall()
    congratulated = {"vi": "Chúc mừng!", "en": "Congratulations!"}
    consoled = {"vi": "Xin chia buồn.", "en": "Our condolences."}
    services = tuple(
        msgspec.structs.replace(one, after_words=congratulated) if one.service_id == "civil_status" else one
        for one in hall.services
    )
    catalogue = tuple(
        msgspec.structs.replace(one, after_words=consoled) if one.code == "death" else one for one in hall.catalogue
    )
    hall = small_hall(services=services, catalogue=catalogue)
    for procedure, said in (("death", consoled), ("birth", congratulated)):
        table = play(f"take V1 civil_status usual for:{procedure}\nsignin an 1\ncall 1\nwait 60\nend 1 received", hall)
        view = core.view_of(table.hall.branch, "rating/counter-1", table.hall.estimates, table.hall.at)
        assert isinstance(view, RatingView)
        assert view.window is not None
        assert view.window.after_words == said


def test_every_press_is_kept_with_its_flag_and_known_reasons() -> None:
    table = play(
        SERVED
        + """
        wait 1
        rate 1 3 keypad reasons -> counted
        rate 1 9 keypad         -> unknown_level
        rate 1 1 keypad         -> debounce
        wait 100
        """
    )
    pressed = [event for event in table.hall.events() if isinstance(event, e.RatingPressed)]
    assert [(event.flag, event.reasons, event.visit_id) for event in pressed] == [
        ("", ("slow",), visit_id("V1")),
        ("unknown_level", (), ""),
        ("debounce", (), visit_id("V1")),
    ]
    rated = [event for event in table.hall.events() if isinstance(event, e.VisitRated)]
    assert [(event.level, event.reasons, event.clerk_id, event.service_id) for event in rated] == [
        (3, ("slow",), "an", "civil_status")
    ]


def test_a_link_may_rate_a_visit_of_an_older_day() -> None:
    table = play(SERVED)
    table.line(0, "at 08:00 2026-11-25")
    table.line(0, "link V1 2 -> ok")
    table.line(0, "link V1 1 -> refused already_rated")
    table.line(0, "take V1 land -> refused visit_too_old")
    table.line(0, "cancel V1 -> refused visit_too_old")
    table.line(0, "printed V1 failed -> ok")
