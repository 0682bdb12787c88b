"""The guide to a new hall says what the pages say, in both languages of the guide; a browser does it step by step."""

import dataclasses

import pytest

from protocol.keys import only_here
from queue_server.config import MAIN, read_sources
from tests.support.guides import DOCS, Action, Guide, english, read_guide, vietnamese
from tests.support.texts import shipped_texts

VALUES = {
    "⟨mật khẩu một lần⟩": "⟨one-time password⟩",
    "⟨mật khẩu riêng⟩": "⟨own password⟩",
    "⟨mã trên điện thoại⟩": "⟨code of the phone⟩",
    "⟨dòng lệnh ghép⟩": "⟨pairing line⟩",
    "⟨mật khẩu một lần của quay2⟩": "⟨one-time password of quay2⟩",
}


def test_a_guide_is_read_as_its_signs_say() -> None:
    guide = read_guide(
        "```\nmotcua one\n```\n\n### First\n\nOpen `https://one.lan/`.\n\n"
        "1. Go: **A › B**, **C · Tiếng\n   Việt** = `x y`, **[Do it]** “Done”.\n"
        "2. For each row: **[New]**, **[Add]** `/a/path` ***kiosk-1*** `touch` “seen”\n\n"
        "   | C | D |\n   |---|---|\n   | `1` | |\n   | `2` | `3` |\n\n![it](pictures/it.png)\n"
    )
    first, second, third = guide.items
    assert (guide.commands, guide.address) == (("motcua one",), "https://one.lan/")
    assert first.heading == "First"
    assert first.actions == [
        Action("follow", "A › B"),
        Action("write", "C · Tiếng Việt", "x y"),
        Action("press", "Do it"),
        Action("see", "Done"),
    ]
    assert [one.kind for one in second.actions] == ["press", "press", "at", "do", "see"]
    assert second.rows == [{"C": "1", "D": ""}, {"C": "2", "D": "3"}]
    assert third.actions == [Action("picture", "it")]


def test_the_guide_sets_up_the_hall_that_it_promises() -> None:
    rows = {tuple(item.rows[0]): item.rows for item in english().items if item.rows}
    begun = read_sources(DOCS.parent / "config" / "new-hall")[MAIN]
    assert begun.count("[[counters]]") + len(_with(rows, "Số quầy")) == 8
    assert begun.count("[[services]]") + len(_with(rows, "Chữ đầu của số")) == 12
    assert sum(row["Loại"] == "Máy lấy số" for row in _with(rows, "Loại")) == 2


def _with(rows: dict[tuple[str, ...], list[dict[str, str]]], column: str) -> list[dict[str, str]]:
    (found,) = (table for head, table in rows.items() if column in head)
    return found


@pytest.mark.parametrize("guide", [english(), vietnamese()], ids=["en", "vi"])
def test_every_label_of_the_guide_is_a_word_of_the_pages(guide: Guide) -> None:
    words = set(shipped_texts().by_language["vi"].values())
    own = {"Tiếng Việt", "English", "office", "Nhận kết quả", "Quầy 2"}
    for action in guide.actions:
        if action.kind in ("follow", "press", "write"):
            for label in action.what.replace(" · ", " › ").split(" › "):
                assert label in words | own, label
    for item in guide.items:
        for label in item.rows[0] if item.rows else ():
            assert set(label.split(" · ")) <= words | own, label


def test_both_languages_of_the_guide_ask_for_the_same() -> None:
    def plain(guide: Guide) -> list[object]:
        return [
            (
                [
                    dataclasses.replace(
                        one, value=VALUES.get(one.value, one.value), what=VALUES.get(one.what, one.what)
                    )
                    for one in item.actions
                ],
                item.rows,
            )
            for item in guide.items
        ]

    assert plain(vietnamese()) == plain(english())
    assert (vietnamese().commands, vietnamese().address) == (english().commands, english().address)


def test_the_guide_leads_to_pages_and_devices_on_other_machines() -> None:
    guide = english()
    host = guide.address.removeprefix("https://").strip("/")
    (vouched,) = [line.split() for line in guide.commands if line.startswith("tools/hall_ca server ")]
    (options,) = [line for line in guide.commands if line.endswith(">/etc/motcua/web.env")]
    told = options.partition("--known-as ")[2].partition('"')[0]
    assert vouched[3:] == [host, told], "the certificate holds for what people type and for what devices are told"
    assert not only_here(host)
    assert not only_here(told)
    assert guide.commands.index(options) < guide.commands.index("systemctl enable --now motcua-web")
