"""Numbers, kiosks and the day around them as tables."""

import msgspec
import pytest

from tests.support.driven_branch import instant
from tests.support.halls import services, small_hall
from tests.support.tables import play

SCENARIOS = {
    "what became of the paper": """
        take    V1 civil_status
        printed V1 confirmed                   -> ok
        printed V1 confirmed                   -> ok
        printed V1 uncertain 1                 -> ok
        printed V9 confirmed                   -> refused unknown_visit
    """,
    "kiosks give numbers by the clock and staff at any hour": """
        kiosk   land                           -> open
        at      11:29
        take    V1 land
        at      11:30
        kiosk   land                           -> closed
        take    V2 land                        -> refused service_closed land
        at      12:29
        take    V2 land                        -> refused service_closed land
        at      12:30
        take    V2 land                        -> L002
        at      16:29
        take    V3 land                        -> L003
        at      16:30
        take    V4 land                        -> refused service_closed land
        take    V4 land usual by:staff-1       -> L004
        take    V5 land urgent                 -> refused service_closed land
        take    V5 land urgent by:staff-1      -> L005
        take    V6 nothing                     -> refused unknown_service nothing
        take    V6 land nobody                 -> refused unknown_class nobody
        take    V6 land usual for:nothing      -> refused unknown_procedure nothing
        at      20:00
        take    V7 land usual by:staff-1       -> refused day_closed
        kiosk   land                           -> closed
    """,
    "a class for staff is not a citizen's to choose": """
        take    V1 land urgent                 -> refused class_by_staff
        take    V1 land urgent by:staff-1      -> L001
    """,
    "no more than thirty numbers a minute from one kiosk": "\n".join(
        [
            *(f"take V{number} land" for number in range(1, 31)),
            "take V31 land -> refused too_many_tickets",
            "take V30 land -> L030",
            "take V31 land usual by:kiosk-2 -> L031",
            "wait 59",
            "take V32 land -> refused too_many_tickets",
            "wait 1",
            "take V32 land -> L032",
        ]
    ),
    "the day closes and everybody has an end": """
        take    V1 civil_status
        take    V2 civil_status
        take    V3 land
        take    V4 land
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        park    1
        call    1                              -> V2 priority
        start   1
        call    2                              -> V3 priority
        closeday                               -> ok
        state   V1                             -> expired
        state   V2                             -> ended
        state   V3                             -> no_show
        state   V4                             -> expired
        counter 1                              -> closed -
        closeday                               -> refused day_closed
        openday                                -> refused day_was_closed
        at      19:00
        call    1 an                           -> refused day_closed
        cancel  V4                             -> refused day_closed
    """,
    "numbers restart with the day, on the next working day": """
        take    V1 civil_status                -> H001
        at      07:00 2026-11-24
        take    V2 civil_status                -> refused day_closed
        at      07:00 2026-11-25
        take    V2 civil_status                -> H001
        state   V2                             -> waiting
    """,
    "a free day may be opened by hand": """
        at      07:00 2026-11-24
        openday                                -> ok
        openday                                -> refused day_already_open
        take    V1 land                        -> refused service_closed land
        take    V1 land usual by:staff-1       -> L001
        at      20:00 2026-11-24
        openday                                -> refused day_was_closed
    """,
    "too late to open": """
        at      21:00 2026-11-24
        openday                                -> refused day_over
        at      20:00 2026-11-26
        openday                                -> refused day_was_closed
    """,
    "a free day is over when its last minute is": """
        at      19:59 2026-11-24
        at      20:00 2026-11-24
        openday                                -> refused day_over
    """,
    "a kiosk's own numbers are handed over, and paper wins": """
        take     V1 civil_status               -> H001
        at       08:30
        handover V2 civil_status H501 08:05    -> H501
        handover V2 civil_status H501 08:05    -> H501
        handover V3 civil_status H501 08:06    -> refused number_taken H501
        handover V3 civil_status H600 08:06    -> refused number_out_of_range H600
        handover V3 civil_status H500 08:06    -> refused number_out_of_range H500
        handover V3 civil_status H599 08:06 kiosk-2 -> refused number_out_of_range H599
        handover V3 land L501 08:06            -> refused number_out_of_range L501
        handover V1 civil_status H502 07:30    -> H502
        number   V1                            -> H502
        take     V1 civil_status               -> H502
        take     V4 civil_status               -> H002
        signin   an 1
        call     1                             -> V1 guarantee
        noshow   1
        call     1                             -> V2 priority
    """,
    "own numbers count from their own times in their own order, whatever the server gave meanwhile": """
        take     V1 civil_status
        at       08:00
        take     V2 civil_status usual by:kiosk-2
        at       08:10
        take     V3 civil_status
        handover V4 civil_status H501 07:50    -> H501
        handover V5 civil_status H502 07:40    -> H502
        signin   an 1
        next     1                             -> V1:priority V4:priority V5:priority V2:priority
    """,
    "a kiosk's clock is believed between its number before and now": """
        at       08:30
        handover V1 civil_status H501 05:00    -> H501
        handover V2 civil_status H502 07:00    -> H502
        handover V3 civil_status H503 09:00    -> H503
        handover V4 civil_status H504 2026-11-20T09:00 -> refused visit_too_old
        handover V5 civil_status H504 2026-11-25T09:00 -> H504
        at       08:31
        handover V6 civil_status H505 08:20    -> H505
        signin   an 1
        cancel   V5
        next     1                             -> V1:guarantee V2:guarantee V3:priority V6:priority
    """,
    "a kiosk that has lost its memory begins behind its last number": """
        left     kiosk-1 H                     -> 501-599
        handover V1 civil_status H501 07:30    -> H501
        take     V2 civil_status               -> H001
        handover V2 civil_status H502 07:30    -> H502
        left     kiosk-1 H                     -> 503-599
        handover V3 civil_status H599 07:30    -> H599
        left     kiosk-1 H                     -> 600-599
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    play(SCENARIOS[name])


def test_a_daily_quota_and_a_full_hall() -> None:
    quota = msgspec.structs.replace(services()[2], daily_quota=2)
    hall = small_hall(
        services=(*services()[:2], quota, services()[3]),
        policies=msgspec.structs.replace(small_hall().policies, waiting_limit=3),
    )
    play(
        """
        take   V1 land                      -> L001
        take   V2 land                      -> L002
        take   V3 land                      -> refused quota_reached 2
        kiosk  land                         -> quota_reached
        cancel V1
        take   V3 land                      -> refused quota_reached 2
        take   V3 results                   -> R001
        kiosk  results                      -> open
        take   V4 results                   -> R002
        kiosk  results                      -> full
        take   V5 results usual by:staff-1  -> refused hall_full 3
        """,
        hall,
    )


def test_paper_is_taken_over_past_the_quota_but_no_number_is_given() -> None:
    quota = msgspec.structs.replace(services()[0], daily_quota=2)
    play(
        """
        take     V1 civil_status              -> H001
        handover V2 civil_status H501 07:30   -> H501
        handover V3 civil_status H502 07:30   -> H502
        kiosk    civil_status                 -> quota_reached
        take     V4 civil_status              -> refused quota_reached 2
        """,
        small_hall(services=(quota, *services()[1:])),
    )


def test_paper_is_taken_over_into_a_full_hall_but_no_number_is_given() -> None:
    play(
        """
        take     V1 land                      -> L001
        take     V2 land                      -> L002
        handover V3 civil_status H501 07:30   -> H501
        take     V4 land                      -> refused hall_full 2
        kiosk    land                         -> full
        """,
        small_hall(policies=msgspec.structs.replace(small_hall().policies, waiting_limit=2)),
    )


def test_only_the_last_minute_of_each_kiosk_is_remembered() -> None:
    table = play("take V1 land\nwait 30\ntake V2 land\nwait 30\ntake V3 land")
    lately = table.hall.branch.taken_lately["kiosk-1"]
    assert list(lately) == [instant("07:30:30"), instant("07:31")]


def test_a_day_that_was_closed_by_hand_is_not_opened_by_the_clock_nor_by_a_clock_gone_back() -> None:
    table = play("take V1 land\nat 12:00\ncloseday")
    assert table.hall.tick() == ()
    table.hall.at = instant("07:30", "2026-11-20")
    assert table.hall.tick() == ()
    assert not table.hall.branch.day_open
    table.hall.at = instant("07:30", "2026-11-25")
    assert table.hall.tick()
    assert table.hall.branch.day == "2026-11-25"


def test_the_server_skips_numbers_that_kiosks_own() -> None:
    ranges = small_hall().kiosk_ranges
    hall = small_hall(
        kiosk_ranges=(
            msgspec.structs.replace(ranges[0], first=5, last=6, function_id="kiosk-2"),
            msgspec.structs.replace(ranges[0], first=3, last=4),
        )
    )
    play(
        """
        take     V1 civil_status              -> H001
        take     V2 civil_status              -> H002
        take     V3 civil_status              -> H007
        take     V4 civil_status              -> H008
        handover V5 civil_status H003 07:30   -> H003
        take     V6 civil_status              -> H009
        """,
        hall,
    )
