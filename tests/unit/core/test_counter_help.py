"""Help between people of the staff, as tables."""

import pytest

from tests.support.tables import play

SCENARIOS = {
    "a colleague comes, one and no more": """
        help    1                              -> refused not_signed_in
        signin  an 1
        signin  binh 2
        signin  chi 3
        help    1                              -> ok
        help    1                              -> ok
        wants   1                              -> colleague -
        asked   1                              -> nobody
        asked   2                              -> 1
        asked   3                              -> 1
        goes    an 1                           -> refused not_allowed
        goes    dung 1                         -> refused not_allowed
        goes    binh 9                         -> refused unknown_counter counter-9
        goes    binh 2                         -> refused no_help_wanted
        goes    binh 1                         -> ok
        goes    binh 1                         -> ok
        goes    chi 1                          -> refused help_answered
        goes    boss 1 manager                 -> refused help_answered
        wants   1                              -> colleague binh
        asked   2                              -> 1
        asked   3                              -> nobody
        helped  1                              -> ok
        helped  1                              -> ok
        wants   1                              -> nobody
    """,
    "a supervisor is asked, so no clerk goes": """
        signin  an 1
        signin  binh 2
        help    1 supervisor                   -> ok
        asked   2                              -> nobody
        goes    binh 1                         -> refused not_allowed
        goes    boss 1 inspector               -> refused not_allowed
        goes    boss 1 manager                 -> ok
        wants   1                              -> supervisor boss
        help    1 colleague                    -> ok
        wants   1                              -> colleague -
    """,
    "one colleague is asked by name of the counter": """
        signin  an 1
        help    1 1                            -> refused helper_not_there 1
        help    1 2                            -> refused helper_not_there 2
        help    1 9                            -> refused unknown_counter counter-9
        signin  binh 2
        signin  chi 3
        help    1 2                            -> ok
        asked   2                              -> 1
        asked   3                              -> nobody
        goes    chi 1                          -> refused not_allowed
        goes    binh 1                         -> ok
        wants   1                              -> counter-2 binh
    """,
    "the citizen at the counter stays with the clerk, whoever comes": """
        take    V1 civil_status
        signin  an 1
        signin  binh 2
        call    1                              -> V1 priority
        start   1
        help    1 supervisor
        goes    boss 1 technician
        start   2                              -> refused nobody_called
        choose  2 V1                           -> refused visit_not_waiting H001
        end     1
        wants   1                              -> supervisor boss
    """,
    "the keypad calls too, and a clerk who leaves takes the call along": """
        help    1 colleague keypad             -> refused nobody_signed_in
        signin  an 1
        help    1 colleague keypad             -> ok
        helped  1 keypad                       -> ok
        help    1 supervisor keypad
        signout 1
        wants   1                              -> nobody
        signin  an 1
        help    1
        release 1 an
        wants   1                              -> nobody
        signin  an 1
        help    1
        at      20:00
        goes    boss 1 manager                 -> refused day_closed
        help    1                              -> refused day_closed
    """,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    play(SCENARIOS[name])
