"""A scene of the board as a television paints it: the same places, shares and pages as `display.painting`. Pure."""

from dataclasses import dataclass

from presentation.board import BoardLines, CallLine, WaitingLine
from presentation.board_flow import Scene, SceneKind
from presentation.board_sharing import ROOM, Slide, language_of, page_of, pledge_parts, shares, slides_of
from presentation.texts import Texts

FULL: tuple[SceneKind, ...] = ("closed", "night", "stopped", "out_of_service", "starting")
"""Scenes that have the whole screen for one message."""


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A line of people who wait."""

    prefix: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class BoardPicture:
    """All that stands on a television."""

    kind: SceneKind
    language: str
    clock: str
    names: str
    place: str
    amber: bool
    caption: str
    counter_caption: str
    priority: str
    current: CallLine | None
    earlier: tuple[CallLine, ...]
    recent_title: str
    recent: tuple[CallLine, ...]
    waiting_title: str
    waiting: tuple[WaitingRow, ...]
    closed_counters: str
    slide: Slide | None
    titles: tuple[str, ...]
    hints: tuple[str, ...]
    pledge: tuple[str, str]
    hotline: str


def board_picture(scene: Scene, turn: int, texts: Texts, language: str = "") -> BoardPicture:
    """Place a scene; `turn` counts the changes of what shares a place (languages, pages, slides, pledges).

    With a `language` of the board's own, what goes by turns of language stays in that one.
    """
    kept = [lines for lines in scene.translations if lines.language == language]
    translations = kept or scene.translations
    lines = translations[language_of(turn, len(translations))] if translations else None
    full = scene.kind in FULL
    shown = lines if not full else None
    calls = scene.lines if scene.kind == "calls" else None
    current = calls.current if calls else None
    others = shown.others if shown else ()
    listed = others[ROOM.large :] if scene.kind == "calls" else others
    awaited = sum(line.awaited for line in others)
    rows, waiting_rows = shares(len(listed) + ROOM.large, awaited, shown.recent_calls if shown else 0)
    busy = [line for line in shown.waiting if line.count] if shown else []
    start, end = page_of(len(busy), waiting_rows, turn)
    slides = slides_of(scene, 0) if scene.kind == "idle" and scene.translations else ()
    framed = lines if lines and scene.kind != "night" else None
    return BoardPicture(
        kind=scene.kind,
        language=lines.language if lines else language if language in scene.languages else scene.languages[0],
        clock=scene.clock if scene.kind != "night" else "",
        names=framed.names if framed else "",
        place=(framed.zone or framed.agency) if framed else "",
        amber=scene.amber,
        caption=texts.together(_caption(scene, current), scene.languages),
        counter_caption=texts.together("board.counter", scene.languages),
        priority=texts.together("common.priority", scene.languages) if current and current.priority else "",
        current=current,
        earlier=calls.others[: ROOM.large] if calls else (),
        recent_title=texts.together("board.recent", scene.languages) if rows and listed else "",
        recent=listed[:rows],
        waiting_title=_waiting_title(scene, bool(busy), texts) if shown and waiting_rows else "",
        waiting=tuple(WaitingRow(one.prefix, one.name, _people(one, texts, shown)) for one in busy[start:end]),
        closed_counters=_closed(shown, texts) if shown and waiting_rows else "",
        slide=slides[turn % len(slides)] if slides else None,
        titles=scene.titles if full else (),
        hints=scene.hints if full else (),
        pledge=pledge_parts(framed.pledges[turn % len(framed.pledges)]) if framed and framed.pledges else ("", ""),
        hotline=framed.hotline if framed else "",
    )


def _caption(scene: Scene, current: CallLine | None) -> str:
    if not scene.amber:
        return "board.recent"
    return "board.recalled" if current and current.again else "board.now_calling"


def _waiting_title(scene: Scene, busy: bool, texts: Texts) -> str:
    return texts.together("board.waiting" if busy else "board.none_waiting", scene.languages)


def _people(line: WaitingLine, texts: Texts, lines: BoardLines | None) -> str:
    if not line.detail or lines is None:
        return str(line.count)
    return texts("board.people_and_range", lines.language, count=line.count, range=line.detail)


def _closed(lines: BoardLines, texts: Texts) -> str:
    if not lines.closed_counters:
        return ""
    return texts.counted("board.counters_closed", lines.language, lines.closed_count, counters=lines.closed_counters)
