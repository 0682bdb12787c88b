"""Paint a scene of the flow with the widgets of `board.kv`, and tell what they really show.

Import this only after `screen.prepare`: it imports Kivy, which opens the window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from kivy.animation import Animation
from kivy.factory import Factory
from kivy.graphics import Rectangle
from kivy.lang import Builder
from kivy.lang.parser import global_idmap
from kivy.properties import AliasProperty, BooleanProperty, ListProperty, NumericProperty
from kivy.uix.widget import Widget
from PIL import Image

from display import widgets
from display.ink import texture_of
from display.pictures import Picture
from display.screen import BOARD_SIZE, register_fonts
from presentation.board import BoardLines, CallLine, WaitingLine
from presentation.board_flow import Scene
from presentation.board_sharing import ROOM, language_of, page_of, pledge_parts, shares, slides_of
from presentation.texts import Texts
from presentation.tokens import BOARD_TYPE, GEOMETRY, MOTION_MS, Theme, rgba

LineT = TypeVar("LineT")

KV_FILE = Path(__file__).with_name("board.kv")

SIDE_LEFT, SIDE_WIDTH, SIDE_TOP = 1234, 632, 142
TITLE_HEIGHT, CALL_HEIGHT, WAITING_HEIGHT, GAP = 66, 85, 70, 22
LEFT_CARD = [56, 158, 1068, 783]
PICTURE_ROOM = (1068, 783)
PLEDGE_GAP = 32
CHIP_GAP = 24
PLEDGE_POINTS, NOTICE_POINTS = 56, 68
HEAD_LEFT, HEAD_HEIGHT = 56, 108
HEAD_ROOM = 1584
"""What the clock leaves of the head."""
HEAD_GAP = 64
NAMES_USUAL = 800
"""The least that a hall's name has, so that what stands beside it keeps its place while names are usual."""
NIGHT_TURNS = 20
NOWHERE = [0, 0, 0, 0]
FULL_CARD = [56, 158, 1808, 783]
NIGHT_CARDS = ([56, 60, 1808, 783], [160, 140, 1700, 783], [300, 220, 1560, 783], [100, 260, 1760, 783])
"""By night the few words wander over the screen, so that nothing burns in."""


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call as the widgets show it. `place` is `current`, `earlier` or `recent`; `amber` is true for one at most."""

    call_id: int
    number: str
    counter: str
    place: str
    amber: bool

    def as_data(self) -> dict[str, Any]:
        """Give the call as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def make_board(theme: Theme, texts: Texts) -> "Board":
    """Build the board's widgets for a theme."""
    register_fonts()
    global_idmap["look"] = SimpleNamespace(
        **{name: rgba(getattr(theme, name)) for name in _COLOURS},
        **{name: getattr(BOARD_TYPE, name) for name in ("current", "earlier", "list", "footer", "smallest")},
        board_radius=GEOMETRY.board_radius,
    )
    Builder.unload_file(str(KV_FILE))
    Builder.load_file(str(KV_FILE))
    return Board(theme, texts)


_COLOURS = ("night", "night_2", "night_line", "on_night", "on_night_quiet", "lotus_deep", "amber")


def picture_room(window: tuple[int, int]) -> tuple[int, int]:
    """Tell how large a picture is shown in a window, in pixels: one of this size is put down pixel for pixel."""
    unit = min(window[0] / BOARD_SIZE[0], window[1] / BOARD_SIZE[1])
    return round(PICTURE_ROOM[0] * unit), round(PICTURE_ROOM[1] * unit)


class Board(Widget):
    """The whole board. `drift` moves the drawing by some pixels now and then, so that nothing burns in."""

    drift = ListProperty([0, 0])
    full = BooleanProperty(default=False)  # The scene takes both columns.
    dark = BooleanProperty(default=False)  # By night head and foot are dark as well.
    unit = NumericProperty(1.0)
    origin = ListProperty([0, BOARD_SIZE[1]])
    footer_top = AliasProperty(lambda board: board.at(0, 988)[1], bind=["unit", "origin"])

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self._colour = {name: rgba(getattr(theme, name)) for name in _PAINTS}
        self._texts = texts
        self._pictures: list[Any] = []
        self._languages: tuple[str, ...] = ()
        self.kind = ""
        super().__init__()
        self.bind(size=self._fit, drift=self._fit)
        self._rows = [Factory.ListedRow(color=self._colour["on_night"]) for _ in range(ROOM.side_rows)]
        self._waiting = [Factory.WaitingRow() for _ in range(ROOM.side_rows)]
        for row in (*self._rows, *self._waiting):
            row.unit, row.shift = self.unit, self.origin
            self.fbind("unit", row.setter("unit"))
            self.fbind("origin", row.setter("shift"))
            self.add_widget(row)
        self._place_side(ROOM.side_rows // 2)

    def at(self, left: float, top: float) -> tuple[float, float]:
        """Turn a point of the drawing into one of the real screen."""
        return self.origin[0] + left * self.unit, self.origin[1] - top * self.unit

    def _fit(self, *_: object) -> None:
        self.unit = min(self.width / BOARD_SIZE[0], self.height / BOARD_SIZE[1])
        spare = (self.width - BOARD_SIZE[0] * self.unit) / 2, (self.height - BOARD_SIZE[1] * self.unit) / 2
        self.origin = [spare[0] + self.drift[0], self.height - spare[1] + self.drift[1]]

    # --- Painting ---

    def take_picture(self, picture: Picture) -> None:
        """Show this picture as well when the hall is quiet."""
        self._pictures.append(texture_of(Image.frombytes("RGB", picture.size, picture.rgb)))

    def show(self, scene: Scene, turn: int) -> None:
        """Paint a scene; `turn` counts the changes of what shares a place (languages, pages, slides, pledges)."""
        self._languages = scene.languages
        spoken = 0 if scene.kind == "stopped" else language_of(turn, len(scene.translations))
        lines = scene.translations[spoken] if scene.translations else None
        self.dark = scene.kind == "night"
        self.full = scene.kind in ("closed", "night", "stopped", "out_of_service")
        self._show_frame(scene, lines if not self.dark else None)
        still = self.dark or scene.kind == "stopped"  # Where nothing moves, no promise comes and goes.
        self._show_pledge(lines.pledges if lines and not still else (), turn)
        self._show_calls(scene)
        self._show_side(lines if not self.full else None, scene.kind, turn)
        self._show_card(scene, turn)
        self._show_slide(scene, turn)
        self.kind = scene.kind

    def _show_frame(self, scene: Scene, lines: BoardLines | None) -> None:
        """Write head and foot, all in the language whose turn it is: no line begins in one and ends in another."""
        self.ids.clock.text = scene.clock if not self.dark else ""
        self.ids.names.text = lines.names if lines else ""
        self.ids.zone.text = lines.zone if lines else ""
        self.ids.agency.text = lines.agency if lines and not lines.zone else ""
        self._share_head()
        self.ids.hotline.text = lines.hotline if lines else ""
        self.ids.hotline_label.text = self._texts("board.hotline", lines.language) if lines and lines.hotline else ""

    def _share_head(self) -> None:
        """Part the head between the hall's name and what stands beside it: a long name has what that can spare."""
        names, beside = self.ids.names, (self.ids.zone if self.ids.zone.text else self.ids.agency)
        wanted, left = _width(names), HEAD_ROOM - HEAD_GAP - _width(beside)
        width = max(NAMES_USUAL, min(left, wanted))
        names.frame = [HEAD_LEFT, 0, width, HEAD_HEIGHT]
        start = HEAD_LEFT + width + HEAD_GAP
        for each in (self.ids.zone, self.ids.agency):
            each.frame = [start, 0, HEAD_LEFT + HEAD_ROOM - start, HEAD_HEIGHT]

    def _show_calls(self, scene: Scene) -> None:
        lines = scene.lines if scene.kind == "calls" else None
        row = self.ids.current
        names = ("amber", "on_amber", "on_amber_quiet") if scene.amber else ("night_2", "on_night", "on_night_quiet")
        row.ground, row.color, row.quiet_color = (self._colour[name] for name in names)
        current = lines.current if lines else None
        key = (
            "board.recent"
            if not scene.amber
            else "board.recalled"
            if current and current.again
            else "board.now_calling"
        )
        priority = bool(current and current.priority)
        # A priority number needs the room of the caption's other languages for its mark.
        row.caption = self._texts.together(key, self._languages[:1] if priority else self._languages)
        row.counter_caption = self._texts.together("board.counter", self._languages)
        row.chip = self._texts.together("common.priority", self._languages) if priority else ""
        row.chip_left = 48 + widgets.words_width(row.caption, BOARD_TYPE.footer, "Vietnam SemiBold") + CHIP_GAP
        row.chip_width = widgets.words_width(row.chip, BOARD_TYPE.footer, "Vietnam Bold") + 2 * CHIP_GAP
        _fill(row, current)
        for index, name in enumerate(("earlier_1", "earlier_2")):
            _fill(self.ids[name], _nth(lines.others, index) if lines else None)

    def _show_side(self, lines: BoardLines | None, kind: str, turn: int) -> None:
        others = lines.others if lines else ()
        listed = others[ROOM.large :] if kind == "calls" else others
        upcoming = sum(line.awaited for line in others)
        rows, waiting_rows = shares(len(listed) + ROOM.large, upcoming, lines.recent_calls if lines else 0)
        for index, row in enumerate(self._rows):
            line = _nth(listed, index) if index < rows else None
            _fill(row, line)
            row.counter_caption = (
                self._texts("common.counter", lines.language, counter=line.counter) if line and lines else ""
            )
        self.ids.recent_title.text = self._texts.together("board.recent", self._languages) if rows and listed else ""
        self._place_side(ROOM.side_rows - waiting_rows)
        self._show_waiting(lines, waiting_rows, turn)

    def _place_side(self, call_rows: int) -> None:
        top = SIDE_TOP + TITLE_HEIGHT
        for row in self._rows:
            row.frame = [SIDE_LEFT, top, SIDE_WIDTH, CALL_HEIGHT]
            top += CALL_HEIGHT
        top = SIDE_TOP + TITLE_HEIGHT + call_rows * CALL_HEIGHT + GAP
        self.ids.waiting_title.frame = [SIDE_LEFT, top, SIDE_WIDTH, TITLE_HEIGHT]
        top += TITLE_HEIGHT
        for row in self._waiting:
            row.frame = [SIDE_LEFT, top, SIDE_WIDTH, WAITING_HEIGHT]
            top += WAITING_HEIGHT

    def _show_waiting(self, lines: BoardLines | None, rows: int, turn: int) -> None:
        texts, languages = self._texts, self._languages
        busy = [line for line in lines.waiting if line.count] if lines else []
        start, end = page_of(len(busy), rows, turn)
        page = busy[start:end]
        for index, row in enumerate(self._waiting):
            _fill_waiting(row, _nth(page, index), texts, lines.language if lines else "")
        title = texts.together("board.waiting" if busy else "board.none_waiting", languages)
        self.ids.waiting_title.text = title if lines and rows else ""
        self.ids.closed_counters.text = _closed_counters(lines, texts) if lines and rows else ""

    def _show_card(self, scene: Scene, turn: int) -> None:
        card = self.ids.card
        paints = _CARDS.get(scene.kind)
        card.frame = NOWHERE if paints is None else FULL_CARD
        if paints is None:
            card.title = card.lead = card.hint = card.mark = ""
            return
        if self.dark:
            card.frame = NIGHT_CARDS[turn // NIGHT_TURNS % len(NIGHT_CARDS)]
        card.ground, card.color, card.quiet_color, card.mark_color = (self._colour[name] for name in paints.colours)
        card.mark, card.points, card.hint_points = paints.mark, paints.points, paints.hint_points
        card.title, card.lead = _nth(scene.titles, 0) or "", _nth(scene.hints, 0) or ""
        card.hint = "\n".join((*scene.titles[1:], *scene.hints[1:]))

    def _show_slide(self, scene: Scene, turn: int) -> None:
        card = self.ids.slide
        if scene.kind != "idle":
            Animation.cancel_all(card, "opacity")
            card.frame, card.texture, card.opacity = NOWHERE, None, 0
            card.head = card.body = card.others = ""
            return
        slides = slides_of(scene, len(self._pictures))
        slide = slides[turn % len(slides)]
        card.frame = LEFT_CARD
        texture = self._pictures[slide.picture] if slide.picture is not None else None
        words = (slide.head, "\n".join(slide.lines), "\n".join(slide.others))
        if (card.head, card.body, card.others, card.texture) == (*words, texture):
            return
        card.head, card.body, card.others = words
        card.body_points = PLEDGE_POINTS if slide.head else NOTICE_POINTS
        card.texture = texture
        _appear(card)

    def _show_pledge(self, pledges: tuple[str, ...], turn: int) -> None:
        head, rest = pledge_parts(pledges[turn % len(pledges)]) if pledges else ("", "")
        if (self.ids.pledge_head.text, self.ids.pledge.text) == (head, rest):
            return
        for label, text in ((self.ids.pledge_head, head), (self.ids.pledge, rest)):
            gently = bool(label.text) and bool(text)
            label.text = text
            if gently:
                _appear(label)
        left, top, _, height = self.ids.pledge_head.frame
        room = self.ids.hotline_label.frame[0] - PLEDGE_GAP
        begins = left + (widgets.words_width(head, BOARD_TYPE.footer, "Vietnam Bold") + PLEDGE_GAP if head else 0)
        self.ids.pledge.frame = [begins, top, room - begins, height]

    # --- Telling ---

    def shown_calls(self) -> tuple[ShownCall, ...]:
        """Tell which calls the widgets show now, read from the widgets themselves."""
        named = [("current", self.ids.current), ("earlier", self.ids.earlier_1), ("earlier", self.ids.earlier_2)]
        named += [("recent", row) for row in self._rows]
        amber = self._colour["amber"]
        return tuple(
            ShownCall(int(row.call_id), row.number, row.counter, place, tuple(row.ground) == tuple(amber))
            for place, row in named
            if row.taken and row.opacity and row.parent is self
        )

    def showing(self) -> dict[str, Any]:
        """Tell all that the widgets show now, as plain data."""
        texts = ("names", "agency", "clock", "recent_title", "waiting_title", "closed_counters")
        foot = ("pledge_head", "pledge", "hotline_label", "hotline")
        return {
            "scene": self.kind,
            "calls": [each.as_data() for each in self.shown_calls()],
            "waiting": [[row.prefix, row.name, row.detail] for row in self._waiting if row.taken and row.opacity],
            "zone": self.ids.zone.text,
            "chip": self.ids.current.chip,
            "slide": [self.ids.slide.head, self.ids.slide.body] if self.ids.slide.frame[2] else [],
            "moving": any(each.opacity < 1 for each in (self.ids.pledge, *([self.ids.slide] * (self.kind == "idle")))),
            "cut": [each.text for each in self.walk() if getattr(each, "is_cut", False)],
            "painted": painted(self.canvas),
            "title": self.ids.card.title,
            "lead": self.ids.card.lead,
            "hint": self.ids.card.hint,
            **{name: self.ids[name].text for name in (*texts, *foot)},
        }


def _width(text: widgets.Text) -> float:
    """Tell how much of the drawing a line takes in its usual size."""
    return widgets.words_width(text.text, text.points, text.font_name)


def painted(canvas: Any) -> int:
    """Count the pixels that are painted each time, one upon the other counted again: what a frame mostly costs."""
    return sum(
        painted(one)
        if hasattr(one, "children")
        else round(one.size[0] * one.size[1])
        if isinstance(one, Rectangle)
        else 0
        for one in canvas.children
    )


@dataclass(frozen=True, slots=True)
class _CardPaint:
    colours: tuple[str, str, str, str]  # ground, sentence, hint, sign
    mark: str
    points: int
    hint_points: int = 46


_CARDS = {
    "closed": _CardPaint(("night_2", "on_night", "on_night_quiet", "on_night_quiet"), "clock", 92),
    "out_of_service": _CardPaint(("night_2", "on_night", "on_night_quiet", "on_night_quiet"), "pause", 92),
    "night": _CardPaint(("night", "on_night_quiet", "on_night_quiet", "on_night_quiet"), "", 64),
    "stopped": _CardPaint(("brick", "on_brick", "on_brick", "on_brick"), "alert", 104, hint_points=72),
}
_PAINTS = ("night", "amber", "on_amber", "on_amber_quiet", "night_2", "on_night", "on_night_quiet", "brick", "on_brick")


def _fill(row: Any, line: CallLine | None) -> None:
    row.call_id = line.call_id if line else 0
    row.number = line.number if line else ""
    row.counter = line.counter if line else ""


def _appear(widget: Any) -> None:
    """Let something new come in gently."""
    Animation.cancel_all(widget, "opacity")
    widget.opacity = 0
    Animation(opacity=1, duration=MOTION_MS / 1000, transition="out_quad").start(widget)


def _fill_waiting(row: Any, line: WaitingLine | None, texts: Texts, language: str) -> None:
    row.prefix = line.prefix if line else ""
    row.name = line.name if line else ""
    if line is None or not line.detail:
        row.detail = str(line.count) if line else ""
    else:
        row.detail = texts("board.people_and_range", language, count=line.count, range=line.detail)


def _closed_counters(lines: BoardLines, texts: Texts) -> str:
    if not lines.closed_counters:
        return ""
    key, numbers = "board.counters_closed", lines.closed_counters
    return texts.counted(key, lines.language, lines.closed_count, counters=numbers)


def _nth(lines: Sequence[LineT], index: int) -> LineT | None:
    return lines[index] if index < len(lines) else None
