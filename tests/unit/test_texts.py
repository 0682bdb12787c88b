"""Words: nothing is missing in any language, nothing falls silent, and the files keep the rules of the house."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest

from presentation.text_files import texts_in
from presentation.texts import Texts, TextsError, missing_texts, name_in, parse_texts, part_names, texts_from
from protocol.ballots import BallotState
from protocol.commands import DeviceState, FunctionDescription, RatingChannel, StaffRole, TicketState
from protocol.configuration import OfficialLevel, VoiceChannel
from protocol.events import Clause, PressFlag
from protocol.inquiries import AlertState, AlertStepKind, CallBack, Finding, InquiryState, StepKind
from protocol.inquiry_commands import InquiryFilter
from protocol.months import CorrectionReason
from protocol.views import CounterState, VisitState
from protocol.voice_commands import VoiceFilter
from protocol.voices import VoiceState
from queue_server.reporting.rows import SilenceReason
from queue_server.satisfaction.funnel import Standing
from queue_server.satisfaction.shown import Verdict
from tests.support.languages import texts_with
from tests.support.texts import TEXTS_FOLDER, shipped_texts

SHIPPED = shipped_texts()
LANGUAGES = tuple(SHIPPED.by_language)


@pytest.fixture
def small() -> Texts:
    return texts_from(
        {
            "vi": '[kiosk]\nhello = "Xin chào {name}"\n[kiosk.people]\nnone = "chưa có ai"\nother = "{count} người"',
            "en": '[kiosk]\nhello = "Hello {name}"\n[kiosk.people]\none = "1 person"\nother = "{count} people"',
        }
    )


def test_a_sentence_is_filled_in(small: Texts) -> None:
    assert small("kiosk.hello", "vi", name="bác Tư") == "Xin chào bác Tư"
    assert small.words("en")("kiosk.hello", name="Ann") == "Hello Ann"


@pytest.mark.parametrize(
    ("language", "said"), [("vi", ["chưa có ai", "1 người", "2 người"]), ("en", ["0 people", "1 person", "2 people"])]
)
def test_counting_follows_the_language(small: Texts, language: str, said: list[str]) -> None:
    assert [small.words(language).counted("kiosk.people", count) for count in range(3)] == said


def test_what_is_missing_is_named(small: Texts) -> None:
    with pytest.raises(AssertionError, match=r"'kiosk\.goodbye' in language 'vi'"):
        small("kiosk.goodbye", "vi")
    with pytest.raises(AssertionError, match="language 'fr'"):
        small("kiosk.goodbye", "fr")
    with pytest.raises(AssertionError, match=r"'kiosk\.hello' in language 'en' lacks its parts \['name'\]"):
        small("kiosk.hello", "en")


def test_a_language_of_the_halls_own_falls_back_where_it_is_silent() -> None:
    """Missing keys, a missing file and a slip in a part's name: the kiosk speaks on, in the first language."""
    texts = Texts({**SHIPPED.by_language, "fr": {"kiosk.taking": "Patience…", "common.counter": "Guichet {nombre}"}})
    assert texts("kiosk.taking", "fr") == "Patience…"
    assert texts("common.done", "fr") == texts("common.done", "km") == SHIPPED("common.done", "vi")
    assert texts("common.counter", "fr", counter="3") == "Quầy 3"
    assert texts.counted("kiosk.people_waiting", "fr", 2) == SHIPPED.counted("kiosk.people_waiting", "vi", 2)
    assert texts.own_name("fr") == "FR"
    missing = missing_texts(texts, "fr")
    assert {"common.counter", "common.done", "language.own_name"} <= set(missing)
    assert "kiosk.taking" not in missing
    assert not [key for key in missing if key.startswith(("console.", "rating.flag"))], "staff read the shipped ones"


def test_the_shipped_languages_miss_nothing() -> None:
    assert missing_texts(SHIPPED, "vi") == missing_texts(SHIPPED, "en") == []


def test_french_says_all_that_a_kiosk_writes() -> None:
    missing = missing_texts(texts_with("fr"), "fr")
    assert {key.partition(".")[0] for key in missing} <= {"listen", "follow", "kiosk", "public"}
    assert texts_with("fr")("kiosk.greeting", "fr") == "Bienvenue ! Que souhaitez-vous faire ?"


def test_one_label_stands_in_several_languages() -> None:
    assert SHIPPED.together("board.now_calling", ("vi", "en")) == "Kính mời số · Now calling"
    assert SHIPPED.together("console.shortcut_enter", ("vi", "en")) == "Enter"


def test_a_configured_name_falls_back_along_the_order() -> None:
    assert name_in({"vi": "Hộ tịch", "en": "Civil status"}, "en") == "Civil status"
    assert name_in({"vi": "Hộ tịch", "en": "Civil status"}, "fr") == "Hộ tịch"
    assert name_in({"en": "Civil status"}, "vi") == "Civil status"
    assert name_in({"km": "…", "fr": "État civil"}, "en") == "État civil"
    with pytest.raises(AssertionError):
        name_in({}, "vi")


def test_words_come_out_composed_however_they_were_typed() -> None:
    decomposed = unicodedata.normalize("NFD", "Quầy phục vụ")
    assert parse_texts(f'label = "{decomposed}"') == {"label": "Quầy phục vụ"}


@pytest.mark.parametrize(
    ("toml_text", "complaint"),
    [
        ("a = ", "no TOML"),
        ("a = 3", "'a' is 3"),
        ('[a]\nb = "{"', r"'a\.b'"),
        ('a = "{0}"', "no name"),
        ('a = "{x.y}"', "no name"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(toml_text: str, complaint: str) -> None:
    with pytest.raises(TextsError, match=complaint):
        parse_texts(toml_text)


def test_vietnamese_and_english_are_complete() -> None:
    assert {"vi", "en"} <= set(LANGUAGES)
    first, *others = (_promised(SHIPPED.by_language[language]) for language in LANGUAGES)
    for language, promised in zip(LANGUAGES[1:], others, strict=True):
        assert promised == first, f"{LANGUAGES[0]} and {language} differ"


def _promised(sentences: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Keys and their parts. Only a counted phrase may lack `none` or `one`, and there a part may be spelt out."""
    counted = {
        key.removesuffix(".other")
        for key in sentences
        if key.endswith(".other") and f"{key[:-6]}.late_result" not in sentences
    }
    special = {f"{key}.{name}" for key in counted for name in ("none", "one")}
    return {key: part_names(sentence) for key, sentence in sentences.items() if key not in special}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_clean(language: str) -> None:
    for key, sentence in SHIPPED.by_language[language].items():
        assert sentence, key
        assert sentence == sentence.strip() or key == "format.list_separator", key
        assert "  " not in sentence, key
        assert "..." not in sentence, f"{key}: write …"
        assert not re.search(r"(?<!\w)'|\"", sentence), f"{key}: write “ and ”"
        assert not re.search(r"[→★☆✓✗←]", sentence), f"{key}: arrows and stars are drawn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_files_hold_composed_letters(language: str) -> None:
    source = (TEXTS_FOLDER / f"{language}.toml").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", source)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_says_what_it_means_and_needs_no_part_that_is_not_there(language: str) -> None:
    refusals = {key: text for key, text in SHIPPED.by_language[language].items() if key.startswith("refusal.")}
    assert len(refusals) > 40
    for key, sentence in refusals.items():
        assert sentence.endswith("."), key


def _values(literal: object) -> tuple[str, ...]:
    return tuple(value for value in get_args(literal) if value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("clause", _values(Clause)),
        ("state", _values(VisitState)),
        ("counter_state", _values(CounterState)),
        ("device_state", _values(DeviceState)),
        ("device_kind", _values(FunctionDescription.__annotations__["kind"])),
        ("ticket_state", _values(TicketState)),
        ("role", _values(StaffRole)),
        ("rating.channel", _values(RatingChannel)),
        ("rating.flag", _values(PressFlag)),
        ("ballots.state", _values(BallotState)),
        ("satisfaction.verdict", _values(Verdict)),
        ("satisfaction.standing", _values(Standing)),
        ("satisfaction.official", _values(OfficialLevel)),
        ("months.verdict", _values(Verdict)),
        ("months.reason", _values(CorrectionReason)),
        ("day_report.silence", _values(SilenceReason)),
        ("alerts.step", _values(AlertStepKind)),
        ("alerts.state", _values(AlertState)),
        ("inquiries.step", _values(StepKind)),
        ("inquiries.state", _values(InquiryState)),
        ("inquiries.finding", _values(Finding)),
        ("inquiries.call_back", _values(CallBack)),
        ("inquiries.filter", _values(InquiryFilter)),
        ("inquiries.none", _values(InquiryFilter)),
        ("voices.channel", _values(VoiceChannel)),
        ("voices.state", _values(VoiceState)),
        ("voices.shown", _values(VoiceFilter)),
        ("voices.none", _values(VoiceFilter)),
        ("public.voice.state", _values(VoiceState)),
        ("public.voice.way", tuple(one for one in _values(VoiceChannel) if one != "phone")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_value_of_the_protocol_has_a_word(table: str, values: tuple[str, ...], language: str) -> None:
    written = {key for key in SHIPPED.by_language[language] if key.startswith(f"{table}.")}
    assert written == {f"{table}.{value}" for value in values}


def test_no_texts_at_all_are_told_with_the_mend() -> None:
    with pytest.raises(TextsError, match=r"there are no texts: see that texts/vi\.toml"):
        texts_from({})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[kiosk]\nhello = 3\n", "'kiosk.hello' is 3; put it in quotes"),
        (b"[kiosk\n", "no TOML"),
        ('[kiosk]\nhello = "Xin chào"\n'.encode("utf-16"), "codec can't decode"),
    ],
    ids=["a number", "no TOML", "another encoding"],
)
def test_a_file_that_cannot_be_used_is_named(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text('[kiosk]\nhello = "Hello"\n', "utf-8")
    assert texts_in(tmp_path).by_language["en"] == {"kiosk.hello": "Hello"}
    (tmp_path / "vi.toml").write_bytes(content)
    with pytest.raises(TextsError) as refused:
        texts_in(tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'vi.toml'}: ")
    assert said in str(refused.value)


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextsError, match=f"no texts in {tmp_path}; name the folder"):
        texts_in(tmp_path)
