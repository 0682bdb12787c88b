"""What an usher reads of the papers ordered at kiosks, and which kiosk is chosen already."""

import msgspec
import pytest

from protocol.views import HallKiosk, HallPrintOrder, HallView, PrintOrderState
from queue_server.web.usher_prints_page import MARKS, kiosk_choices, print_rows
from tests.support.paper_hall import NOW, hall_view
from tests.support.texts import shipped_texts

WORDS = {language: shipped_texts().words(language) for language in ("vi", "en")}
FRONT = HallKiosk(function_id="kiosk-1", name="Máy cửa chính", state="ok", reason="")
SIDE = HallKiosk(function_id="kiosk-2", name="Máy cửa bên", state="ok", reason="")


def view(*kiosks: HallKiosk, state: PrintOrderState = "ordered", reason: str = "", visit: int = 47) -> HallView:
    order = HallPrintOrder(
        order_id="ab" * 16,
        visit_id=f"{visit:032x}",
        prefix="H",
        number=visit,
        function_id="kiosk-1",
        state=state,
        reason=reason,
        ordered_at=NOW,
    )
    return msgspec.structs.replace(hall_view(), kiosks=kiosks, print_orders=(order,))


@pytest.mark.parametrize(
    ("state", "reason", "mark", "sentence"),
    [
        ("ordered", "", "going", "Being printed…"),
        ("confirmed", "", "done", "Printed. Please take it at the kiosk."),
        (
            "held",
            "paper_out",
            "look",
            "Not printed yet: out of paper. It comes by itself once that is mended, within three minutes.",
        ),
        ("uncertain", "restarted", "look", "Please look at the kiosk: the printer did not confirm this ticket."),
        ("failed", "odd", "not", "Not printed: the printer cannot print now. Choose another kiosk."),
    ],
)
def test_what_became_of_a_paper_is_said_in_words(state: PrintOrderState, reason: str, mark: str, sentence: str) -> None:
    (row,) = print_rows(view(FRONT, state=state, reason=reason), WORDS["en"])
    assert (row.number, row.kiosk, row.mark, row.sentence) == ("H047", "Máy cửa chính", mark, sentence)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("state", sorted(MARKS))
def test_every_state_has_its_words(language: str, state: PrintOrderState) -> None:
    (row,) = print_rows(view(FRONT, state=state, reason="paper_out"), WORDS[language])
    assert row.sentence


@pytest.mark.parametrize("kiosks", [(), (msgspec.structs.replace(FRONT, state="gone", reason="silent"),)])
def test_an_order_whose_kiosk_is_away_is_said_to_need_another(kiosks: tuple[HallKiosk, ...]) -> None:
    (row,) = print_rows(view(*kiosks), WORDS["en"])
    assert (row.mark, row.sentence) == ("not", "The kiosk does not answer: choose another one.")
    (told,) = print_rows(view(*kiosks, state="confirmed"), WORDS["en"])
    assert told.mark == "done", "what it told before is as true as ever"


def test_a_number_shows_its_own_papers_alone() -> None:
    assert print_rows(view(FRONT), WORDS["vi"], f"{47:032x}")
    assert print_rows(view(FRONT), WORDS["vi"], f"{48:032x}") == ()


@pytest.mark.parametrize(
    ("last_used", "kiosks", "chosen"),
    [
        ("kiosk-2", (FRONT, SIDE), "kiosk-2"),
        ("", (FRONT, SIDE), "kiosk-1"),
        ("gone-1", (FRONT, SIDE), "kiosk-1"),
        ("kiosk-1", (msgspec.structs.replace(FRONT, state="gone"), SIDE), "kiosk-2"),
        ("kiosk-1", (msgspec.structs.replace(FRONT, state="gone"),), ""),
        ("kiosk-1", (), ""),
    ],
)
def test_the_kiosk_of_last_time_is_chosen_if_it_is_heard(
    last_used: str, kiosks: tuple[HallKiosk, ...], chosen: str
) -> None:
    choices = kiosk_choices(view(*kiosks), WORDS["vi"], last_used)
    assert [one.function_id for one in choices if one.is_chosen] == ([chosen] if chosen else [])
    assert not any(one.is_chosen and one.is_away for one in choices)


def test_what_is_amiss_stands_beside_the_name() -> None:
    out = msgspec.structs.replace(FRONT, state="out", reason="paper_out")
    names = [one.name for one in kiosk_choices(view(out, SIDE), WORDS["en"], "")]
    assert names == ["Máy cửa chính – out of paper", "Máy cửa bên"]
