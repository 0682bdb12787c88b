"""Every screen by keypad and ear alone, without a window: all of it is heard, all of it can be chosen.

EN 301 549 5.1.3 (non-visual access), WCAG 2.1.1 (keyboard), 2.4.3 (focus order), 1.3.2 (meaningful sequence).
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest

from hardware.codecs.tactile_keypad import TactileKey
from hardware.device_files import load_tactile
from kiosk.widgets import focus
from kiosk.widgets.focus import Act, Listening, ListeningOff, ListeningOn, Speak, SpeakNews, Touch, stops
from kiosk.widgets.page import Actions, Button, Field, Header, Hero, Notice, Page, Tile, Tiles, actions
from kiosk.widgets.spoken import SENTENCE_SIGNS_MOST, Guide, Utterance, spoken, utterances
from presentation.reading_aloud import aloud, letter
from presentation.speech import clip_words
from presentation.texts import Words
from tests.support.kiosk_gallery import NAMES, painted
from tests.support.kiosks import ward_texts

HEARD = tuple(name for name in NAMES if name.partition("-")[2] in {"", "english"})
"""Sizes and colours change nothing that is heard."""

GUIDE = Guide(load_tactile("audionav").guide)


@cache
def page_of(name: str) -> Page:
    return painted(name)[0]


def words_of(name: str) -> Words:
    return ward_texts().words("en" if name.endswith("-english") else "vi")


class Ear:
    """Somebody at the keypad of a page that never changes, and what they hear."""

    def __init__(self, page: Page, words: Words) -> None:
        self.words = words
        self.listening, _ = focus.turned(Listening(), page)
        self.heard: list[Utterance] = []
        self.acts: list[Act] = []

    def press(self, *keys: TactileKey) -> "Ear":
        for key in keys:
            self.listening, acts = focus.step(self.listening, key)
            self.take(acts)
        return self

    def turn(self, page: Page, chosen: str = "") -> "Ear":
        self.listening, acts = focus.turned(self.listening, page, chosen)
        return self.take(acts)

    def take(self, acts: tuple[Act, ...]) -> "Ear":
        self.acts, self.heard = list(acts), []
        for act in acts:
            if isinstance(act, Speak | SpeakNews):
                self.heard += spoken(act, self.listening, self.words, header=HEADER, guide=GUIDE)
        return self

    @property
    def sentences(self) -> str:
        return " ".join(one.text for one in self.heard)

    @property
    def touched(self) -> list[str]:
        return [act.action for act in self.acts if isinstance(act, Touch)]


HEADER = Header("ỦY BAN NHÂN DÂN PHƯỜNG PHÚC LỢI", "Trung tâm Phục vụ hành chính công", "08:42", "T2 23/11")


def through(name: str) -> tuple[list[str], list[Utterance]]:
    """Go through a page from its beginning until its first stop comes again: what can be chosen, what is heard."""
    ear = Ear(page_of(name), words_of(name)).press("next")
    heard, choices = list(ear.heard), [ear.listening.action]
    for _ in stops(page_of(name)):
        heard += ear.press("next").heard
        choices.append(ear.listening.action)
    return choices, heard


# --- Over all screens ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HEARD)
def test_everything_that_a_finger_can_touch_is_reached_by_the_keypad_in_reading_order(name: str) -> None:
    page = page_of(name)
    choices, _ = through(name)
    assert set(choices) - {""} == set(actions(page))
    in_order = [stop.action for stop in stops(page) if stop.action]
    assert in_order == list(actions(page))
    assert choices[0] == choices[-1], "a round ends where it began"


@pytest.mark.parametrize("name", HEARD)
def test_everything_that_is_written_is_heard(name: str) -> None:
    words, page = words_of(name), page_of(name)
    _, heard = through(name)
    said = set(re.findall(r"\w+", " ".join(one.text for one in heard).lower()))
    for text in written(page, words):
        missing = set(re.findall(r"\w+", text.lower())) - said
        assert not missing, f"{text!r} is written, {missing} is never said"


@pytest.mark.parametrize("name", HEARD)
def test_what_is_heard_are_whole_words_of_the_right_language_and_never_nothing(name: str) -> None:
    _, heard = through(name)
    for one in heard:
        assert re.search(r"\w", one.text), one
        assert not re.search(r"[\d•·…“”{}]", one.text), one
        assert len(one.text) <= SENTENCE_SIGNS_MOST
        is_english = name.endswith("-english") or one.text == "English"
        assert one.language in {"en" if is_english else "vi", "vi"}
    for stop in stops(page_of(name)):
        at = replace(Listening(is_on=True, page=page_of(name)), place=stops(page_of(name)).index(stop))
        assert spoken(Speak(("focus",)), at, words_of(name)), f"{stop} is passed in silence"


@pytest.mark.parametrize("name", HEARD)
def test_a_page_begins_with_what_is_wrong_then_its_title_then_the_first_choice(name: str) -> None:
    ear = Ear(page_of(name), words_of(name)).press("next")
    page, words = page_of(name), words_of(name)
    title = ear.sentences.index(said_of(page.title, words))
    for block in page.blocks:
        if isinstance(block, Notice) and block.tone == "trouble":
            assert ear.sentences.index(said_of(block.text, words)) < title
    stop = ear.listening.stop
    assert stop is not None
    assert stop.action or not actions(page) or page.name in {"details", *LOOKED_OVER}


LOOKED_OVER = ("voice_review", "voice_sending", "voice_unsent")
"""Here it is heard first what was written, and then what to do with it."""


def said_of(text: str, words: Words) -> str:
    return " ".join(one.text for one in utterances(text, words))


def written(page: Page, words: Words) -> Iterator[str]:
    """Give all that stands on a page as it would be said, gathered without knowing what its parts mean."""
    yield from (said_of(page.title, words), said_of(page.hint, words))
    for part in parts((page.blocks, page.nav, page.keys)):
        for one in fields(part):
            value = getattr(part, one.name)
            if one.name == "number_text" or (one.name == "badge" and value):
                yield aloud(" ".join(letter(sign, words) for sign in value), words)
            elif one.name == "text" and type(part).__name__ == "Code":
                continue  # What the code holds is for cameras; its sentence says so.
            elif one.name == "invitation" and part.text:
                continue
            elif one.name == "label" and len(value) == 1:
                yield letter(value, words)
            elif one.name in WRITTEN:
                for text in (value,) if isinstance(value, str) else texts_in(value):
                    yield said_of(text, words)


WRITTEN = {"label", "hint", "wait", "people", "text", "invitation", "title", "lines", "rows", "class_text", "sentence"}
WRITTEN |= {"sentences"}


def parts(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for one in value:
            yield from parts(one)
    elif is_dataclass(value):
        yield value
        for one in fields(value):
            yield from parts(getattr(value, one.name))


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts_in(one)


# --- The keys --------------------------------------------------------------------------------------------------------

TWO = Page(
    "two",
    "Chọn việc",
    "Có hai việc.",
    (Tiles((Tile("service:a", "A", "Chứng thực", "", "15–30 phút", "6 người chờ", "medium"),)),),
    nav=(Button("back", "Quay lại"),),
    keys=(Button("key:help", "Gọi người giúp"),),
)
BLIND = ward_texts().words("vi")


def at_two() -> Ear:
    return Ear(TWO, BLIND).press("plugged")


def test_the_headset_begins_and_the_keypad_explains_itself() -> None:
    ear = at_two()
    assert ear.acts[0] == ListeningOn()
    assert ear.sentences.startswith("ủy ban nhân dân phường phúc lợi. Trung tâm Phục vụ hành chính công.")
    assert "Mũi tên xuống: mục tiếp theo." in ear.sentences
    assert "Phím tròn: chọn." in ear.sentences
    assert ear.sentences.endswith(
        "Chọn việc Có hai việc. Chứng thực ước tính chờ từ mười lăm đến ba mươi phút. sáu người chờ "
        "ký hiệu a một trên ba".replace("ước tính", "Ước tính")
    )


def test_who_speaks_another_language_hears_its_name_at_once() -> None:
    """EN 301 549 5.1.3.14; WCAG 3.1.2."""
    page = replace(TWO, keys=(Button("key:language", "English"),))
    heard = Ear(page, BLIND).press("plugged").heard
    assert Utterance("English", "en") in heard[:3]
    assert Ear(page, BLIND).press("next", "previous").heard[0] == Utterance("English", "en")


def test_the_first_key_begins_and_chooses_nothing() -> None:
    for key in ("next", "select", "back", "repeat", "volume"):
        ear = Ear(TWO, BLIND).press(key)
        assert (ear.touched, ear.listening.is_on, ear.listening.action) == ([], True, "service:a")


def test_the_help_key_calls_at_once_even_before_anything_was_heard() -> None:
    assert Ear(TWO, BLIND).press("help").touched == ["key:help"]
    assert at_two().press("help").touched == ["key:help"]
    assert "quầy hướng dẫn" in Ear(replace(TWO, keys=()), BLIND).press("next", "help").sentences


def test_going_on_says_where_one_is_and_that_one_is_round() -> None:
    ear = at_two()
    assert ear.press("next").sentences == "Quay lại hai trên ba"
    assert ear.press("next").sentences == "Gọi người giúp ba trên ba"
    assert ear.press("next").sentences.startswith("Trở lại mục đầu. Chứng thực")
    assert ear.press("previous").sentences == "Gọi người giúp ba trên ba"


def test_select_touches_what_was_heard_last_and_back_goes_back() -> None:
    ear = at_two()
    assert ear.press("select").touched == ["service:a"]
    assert ear.press("next", "select").touched == ["back"]
    assert ear.press("back").touched == ["back"]
    assert "trang đầu" in Ear(replace(TWO, nav=()), BLIND).press("next", "back").sentences


def test_what_is_only_read_says_so_when_it_is_chosen() -> None:
    page = replace(TWO, blocks=(*TWO.blocks, Notice("Mang căn cước.")))
    ear = Ear(page, BLIND).press("plugged", "next")
    assert ear.press("select").sentences == "Mục này chỉ để nghe. Mang căn cước. hai trên bốn"


def test_nothing_is_chosen_while_an_answer_is_awaited() -> None:
    ear = at_two().turn(replace(TWO, busy=True))
    assert (ear.press("select").touched, ear.sentences) == ([], "Vui lòng chờ.")


def test_repeat_says_the_page_again_and_keeps_the_place() -> None:
    ear = at_two().press("next", "repeat")
    assert ear.sentences == "Chọn việc Có hai việc. Quay lại hai trên ba"


def test_the_volume_goes_up_by_18_db_in_steps_and_is_the_next_citizen_s_no_more() -> None:
    """EN 301 549 8.2.1.1, 8.2.1.2 and 5.1.3.13."""
    assert focus.VOLUMES_DB[0] == 0
    assert max(focus.VOLUMES_DB) >= 18
    assert 12 in focus.VOLUMES_DB
    ear = at_two().press("volume", "volume")
    assert ear.listening.volume == 2
    assert ear.sentences.startswith("Âm lượng ba trên bốn")
    assert ear.press("volume", "volume").listening.volume == 0
    assert ear.press("quieter").listening.volume == 0
    assert ear.press("louder", "louder", "louder", "louder").listening.volume == 3
    assert ear.press("unplugged", "plugged").listening.volume == 0


def test_without_a_plug_nothing_is_heard_though_the_keys_still_go_through_the_page() -> None:
    """EN 301 549 5.1.3.9: what is private is not said into the hall."""
    ear = at_two()
    assert ear.listening.is_heard
    assert ear.press("unplugged").acts == [ListeningOff()]
    assert not ear.listening.is_on
    ear.press("next", "next")
    assert (ear.listening.is_on, ear.listening.is_heard, ear.listening.action) == (True, False, "back")
    assert Ear(TWO, BLIND).press("next").listening.is_heard, "a keypad without a socket's key is told by its keys"


def test_any_key_gives_more_time_when_the_kiosk_asks() -> None:
    """WCAG 2.2.1: a warning, and a simple action that extends, as often as it is wanted."""
    choices = (Button("stay", "Tôi còn đây"), Button("start_again", "Làm lại từ đầu"))
    asks = Page("still_there", "Quý vị còn đó không?", "", (Actions(choices),))
    ear = at_two().turn(asks)
    assert ear.sentences.startswith("Quý vị còn đó không?")
    assert "Bấm phím bất kỳ để có thêm thời gian." in ear.sentences
    for key in ("select", "repeat", "back", "volume"):
        assert at_two().turn(asks).press(key).touched == ["stay"]
    assert at_two().turn(asks).press("next", "select").touched == ["start_again"]


# --- Another page ----------------------------------------------------------------------------------------------------


def test_a_new_page_is_said_from_its_title() -> None:
    ear = at_two().press("next").turn(replace(TWO, name="other", title="Việc khác"), "service:a")
    assert ear.sentences.startswith("Việc khác Có hai việc. Chứng thực")
    assert ear.listening.place == 0


def test_the_clock_and_the_wait_say_nothing_by_themselves() -> None:
    tile = Tile("service:a", "A", "Chứng thực", "", "20–35 phút", "7 người chờ", "long")
    ear = at_two().press("next").turn(replace(TWO, blocks=(Tiles((tile,)),)))
    assert (ear.acts, ear.listening.action) == ([], "back")


def test_what_is_told_meanwhile_is_heard_and_the_place_is_kept() -> None:
    told = replace(TWO, blocks=(Notice("Cán bộ đang đến giúp quý vị.", "good"), *TWO.blocks))
    ear = at_two().press("next").turn(told)
    assert (ear.sentences, ear.listening.action) == ("Cán bộ đang đến giúp quý vị.", "back")


def test_what_goes_away_under_the_finger_begins_the_page_anew() -> None:
    ear = at_two().turn(replace(TWO, blocks=()))
    assert ear.sentences.startswith("Chọn việc")
    assert ear.listening.action == "back"


def test_a_typed_letter_answers_with_what_is_typed_and_found() -> None:
    key = Actions((Button("type:k", "K"),))
    before = Page("search", "Tìm", "Gõ tên.", (Field("", "Tìm thủ tục"), key))
    after = replace(before, hint="12 thủ tục", blocks=(Field("k", "Tìm thủ tục"), key))
    ear = Ear(before, BLIND).press("next").turn(after, "type:k")
    assert ear.sentences == "mười hai thủ tục Đã gõ: k"
    assert ear.listening.action == "type:k"


def test_a_key_that_is_switched_on_says_so() -> None:
    off, on = (Page("p", "Tên", keys=(Button("key:low_reach", "Vừa tầm tay", chosen=on),)) for on in (False, True))
    ear = Ear(off, BLIND).press("next").turn(on, "key:low_reach")
    assert ear.sentences == "Vừa tầm tay. đang bật"


def test_turning_the_pages_of_a_list_begins_at_its_head() -> None:
    ear = at_two().press("next").turn(replace(TWO, hint="Trang 2/3"), "page:next")
    assert ear.sentences.startswith("Chọn việc Trang hai trên ba Chứng thực")


def test_the_number_is_heard_sign_by_sign() -> None:
    page = Page("number", "Số thứ tự của quý vị", "", (Hero("H025", "ƯU TIÊN · Người cao tuổi"), TWO.blocks[0]))
    ear = at_two().turn(page, "take")
    assert ear.sentences.startswith("Số thứ tự của quý vị hát, không, hai, năm ưu tiên, Người cao tuổi")
    digits = [clip_words("vi")[name] for name in ("letter_h", "zero", "two", "five")]
    assert ", ".join(digits) in ear.sentences


def test_an_english_sentence_with_a_vietnamese_name_is_said_by_two_voices() -> None:
    """WCAG 3.1.2: numbers and all else are English, and only the name is not."""
    words = ward_texts().words("en")
    page = Page("p", "You took number H025, regular, for Hộ tịch at 08:00.")
    assert Ear(page, words).press("next", "repeat").heard == [
        Utterance("You took number aitch, zero, two, five, regular, for", "en"),
        Utterance("Hộ tịch", "vi"),
        Utterance("at eight o’clock.", "en"),
    ]


def test_long_sentences_are_cut_where_they_breathe() -> None:
    long = ", ".join(["giấy chứng sinh bản chính"] * 40)
    pieces = list(utterances(long, BLIND))
    assert len(pieces) > 2
    assert all(len(piece.text) <= SENTENCE_SIGNS_MOST for piece in pieces)
    assert " ".join(piece.text for piece in pieces).split() == long.split()


def test_a_page_with_nothing_on_it_is_still_said() -> None:
    ear = Ear(Page("empty", "Đang tra cứu"), BLIND).press("next", "next")
    assert ear.sentences == "Đang tra cứu"
