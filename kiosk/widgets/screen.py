"""The whole screen: head, body and keys, each painted anew only when it has changed."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.uix.widget import Widget

from kiosk.widgets import blocks, layout
from kiosk.widgets.buttons import button, shared_letters
from kiosk.widgets.emblem import Emblem
from kiosk.widgets.keys import keyboard_height
from kiosk.widgets.page import Button, Header, Keyboard, Page
from kiosk.widgets.shapes import Box, Head, Photo, Plate, Star, Touchable
from kiosk.widgets.sheet import Sheet, columns
from kiosk.widgets.window import BOLD, MEDIUM
from kiosk.widgets.words import Digits, Text, height_of, wrapped
from presentation.tokens import DAY, HIGH_CONTRAST, KIOSK_TYPE

BODIES_KEPT = 6
"""Painted bodies and feet that are kept for their return: the start's, above all."""

EMBLEM = 104
"""How large the emblem of the head is, as drawn."""
NAV = 96
"""How high the ways back and on stand, as drawn."""
KEYS_SHARE = 0.54
"""On a lying screen, letters to type with take this share of the width."""

RING_OUT, RING_LINE, RING_CURVE = 14, 8, 26
"""How far the ring of the focus reaches out, how thick each of its two lines is, and how round it is, as drawn."""


class Screen(Widget):
    """The one root widget. `show` makes it show a page."""

    def __init__(self) -> None:
        super().__init__(size=Window.size, size_hint=(None, None), pos=(0, 0))
        self.page: Page | None = None
        self._emblem: Any = None
        self._header: Header | None = None
        self._foot_key: object = None
        self._feet: OrderedDict[object, Widget] = OrderedDict()
        self._bodies: OrderedDict[object, Widget] = OrderedDict()
        self._head, self._body, self._foot, self._keys = Widget(), Widget(), Widget(), Widget()
        for layer in (self._head, self._body, self._foot, self._keys):
            self.add_widget(layer)
        self._ring = Widget()
        self.focused = ""
        """The action in focus, which has a ring around it; empty when nobody goes through the screen by keys."""
        self.add_widget(self._ring)

    @property
    def showing(self) -> str:
        """Name the page that is shown."""
        return self.page.name if self.page else ""

    def show(self, page: Page, header: Header) -> bool:
        """Paint what differs from what is shown; tell whether anything did."""
        page = within_reach(page, portrait=self._sheet(page).portrait)
        before, self.page = self.page, page
        sheet = self._sheet(page)
        look = (page.large_text, page.high_contrast)
        changed = before is None or look != (before.large_text, before.high_contrast)
        if changed:
            Window.clearcolor = sheet.colour("paper")
        repainted = False
        if changed or header != self._header:
            self._header = header
            self._swap("_head", _head(header, sheet, self._emblem))
            repainted = True
        if before is None or changed or page.keys != before.keys:
            self._swap("_keys", _keys(page.keys, sheet))
            repainted = True
        # A busy page keeps its pressed look: nothing is painted until the answer changes the page.
        if before is None or _seen(page) != _seen(before):
            self._swap("_body", self._body_of(page, sheet))
            repainted = True
        # Letters to type with stay as they are while what they find changes with each of them.
        foot_key = keyboard_of(page), page.nav, page.low_reach, bool(page.keys), look
        if foot_key != self._foot_key:
            self._foot_key = foot_key
            self._swap("_foot", _kept(self._feet, foot_key, lambda: _foot(page, sheet)))
            repainted = True
        return repainted

    def focus(self, action: str) -> None:
        """Draw the ring around what is in focus now, above everything else; around nothing for an empty action.

        It must be called again after each `show`. Two lines, one dark and one light, so that it stands out from
        whatever it lies on (WCAG 2.4.7, 2.4.11, 1.4.11; technique C40).
        """
        self.focused = action
        ringed = next((one for one in self.touchables() if one.action == action), None) if action else None
        self._swap("_ring", _ring(ringed, self._sheet(self.page)) if ringed and self.page else Widget())

    def prepare(self, page: Page) -> None:
        """Paint a page that is shown to nobody: its letters and plates are then at hand when a page needs them."""
        sheet = self._sheet(page)
        page = within_reach(page, portrait=sheet.portrait)
        _keys(page.keys, sheet)
        _foot(page, sheet)
        _body(page, sheet)

    def take_emblem(self, emblem: Emblem) -> None:
        """Show the agency's own emblem in the head instead of the star."""
        self._emblem = Texture.create(size=emblem.size, colorfmt="rgba")
        self._emblem.blit_buffer(emblem.rgba, colorfmt="rgba", bufferfmt="ubyte")
        self._emblem.flip_vertical()
        if self.page is not None and self._header is not None:
            self._swap("_head", _head(self._header, self._sheet(self.page), self._emblem))

    def emblem_room_px(self) -> int:
        """Tell how large an emblem can be shown."""
        width, height = (int(value) for value in self.size)
        return Sheet(width, height, DAY, large_text=False).px(EMBLEM)

    def touchables(self) -> Iterator[Touchable]:
        """Give what can be touched now, uppermost first."""
        for layer in (self._keys, self._foot, self._body):
            for widget in layer.children:
                if isinstance(widget, Touchable) and widget.action:
                    yield widget

    def written(self) -> Iterator[Text | Digits]:
        """Give the words that stand on the screen now."""
        for layer in (self._head, self._body, self._foot, self._keys):
            for widget in reversed(layer.children):
                if isinstance(widget, Text | Digits):
                    yield widget

    def at(self, x: float, y: float) -> Touchable | None:
        """Find what can be touched at a point (pixels from the lower left)."""
        return next((one for one in self.touchables() if one.collide_point(x, y)), None)

    def _sheet(self, page: Page) -> Sheet:
        width, height = (int(value) for value in self.size)
        return Sheet(width, height, HIGH_CONTRAST if page.high_contrast else DAY, page.large_text)

    def _swap(self, layer: str, painted: Widget) -> None:
        old = getattr(self, layer)
        place = self.children.index(old)
        self.remove_widget(old)
        self.add_widget(painted, index=place)
        setattr(self, layer, painted)

    def _body_of(self, page: Page, sheet: Sheet) -> Widget:
        if page.is_private:
            return _body(page, sheet)
        key = replace(page, keys=(), busy=False, subject="")
        return _kept(self._bodies, key, lambda: _body(page, sheet))


def _kept(painted: OrderedDict[Any, Widget], key: object, paint: Callable[[], Widget]) -> Widget:
    """Give what was painted for a key, or paint it, and keep the last few; nothing of it is pressed."""
    layer = painted.pop(key, None) or paint()
    for child in layer.children:
        if isinstance(child, Touchable):
            child.is_pressed = False
    painted[key] = layer
    while len(painted) > BODIES_KEPT:
        painted.popitem(last=False)
    return layer


def within_reach(page: Page, *, portrait: bool) -> Page:
    """Leave out the key for low reach on a lying screen: all of it is low enough where such a panel is mounted."""
    if portrait:
        return page
    return replace(page, low_reach=False, keys=tuple(key for key in page.keys if key.action != "key:low_reach"))


def _ring(ringed: Touchable, sheet: Sheet) -> Widget:
    """Paint a ring that leaves what it is around as it was."""
    widgets: list[Widget] = []
    for out, colour, width in ((RING_OUT, "ink", RING_LINE), (RING_OUT - RING_LINE, "amber", RING_LINE)):
        more, line = sheet.px(out), max(3, sheet.px(width))
        widgets.append(
            Plate(
                pos=(ringed.x - more, ringed.y - more),
                size=(ringed.width + 2 * more, ringed.height + 2 * more),
                frame=sheet.colour(colour),
                frame_width=line,
                radius=sheet.px(RING_CURVE + out),
            )
        )
    return _layer(widgets)


def _seen(page: Page) -> Page:
    return replace(page, keys=(), busy=False)


def load_rules() -> None:
    """Read the rules of the widgets; once per process, after the window is there."""
    path = str(files("kiosk.widgets") / "look.kv")
    if path not in Builder.files:
        Builder.load_file(path)


def _layer(widgets: list[Widget]) -> Widget:
    layer = Widget(size_hint=(None, None))
    for widget in widgets:
        layer.add_widget(widget)
    return layer


def head_height(sheet: Sheet) -> int:
    """Give the height of the head."""
    return sheet.px(188 if sheet.portrait else 150)


def _head(header: Header, sheet: Sheet, emblem: Any) -> Widget:
    height = head_height(sheet)
    bottom = sheet.height - height
    widgets: list[Widget] = [Head((0, bottom, sheet.width, height), sheet.colour("lotus_deep"))]
    if header.clock:
        ring, middle = sheet.px(EMBLEM), bottom + height / 2
        place = (sheet.margin, middle - ring / 2, ring, ring)
        widgets.append(Star(place, sheet.colour("amber")) if emblem is None else Photo(place, emblem))
        clock_width = sheet.px(170)
        right = sheet.width - sheet.px(36)
        left = sheet.margin + ring + sheet.px(32)
        room = right - clock_width - left - sheet.px(16)
        widgets += [
            sheet.text(header.agency, (left, middle, room, sheet.px(52)), 28, colour="on_lotus_deep"),
            sheet.text(
                header.name, (left, middle - sheet.px(58), room, sheet.px(58)), 36, colour="on_lotus_deep", font=BOLD
            ),
            Digits(
                header.clock,
                (right - clock_width, middle - sheet.px(18), clock_width, sheet.px(76)),
                font=BOLD,
                size=sheet.px(52),
                colour=sheet.colour("on_lotus_deep"),
                align="right",
            ),
            sheet.text(
                header.date,
                (right - clock_width, middle - sheet.px(64), clock_width, sheet.px(48)),
                28,
                colour="on_lotus_deep",
                align="right",
            ),
        ]
    return _layer(widgets)


def _keys_box(sheet: Sheet) -> Box:
    height = sheet.px(132 if sheet.portrait else 112)
    return sheet.margin, sheet.px(44 if sheet.portrait else 28), sheet.width - 2 * sheet.margin, height


def _keys(keys: tuple[Button, ...], sheet: Sheet) -> Widget:
    widgets: list[Widget] = []
    if keys:
        places = columns(_keys_box(sheet), len(keys), sheet.gap)
        most = shared_letters(keys, sheet, places[0], KIOSK_TYPE.meta)
        for key, box in zip(keys, places, strict=True):
            widgets.extend(button(key, sheet, box, size=KIOSK_TYPE.meta, most=most))
    return _layer(widgets)


def _body(page: Page, sheet: Sheet) -> Widget:
    """Lay a page out from its title down."""
    width, _, bottom = _foot_place(page, sheet)
    widgets: list[Widget] = []
    top = float(sheet.height - head_height(sheet) - sheet.px(52 if sheet.portrait else 36))
    title_height = _title(page, sheet, top, widgets)
    top -= title_height + sheet.px(36)
    keyboard = keyboard_of(page)
    if keyboard and sheet.portrait:
        bottom += keyboard_height(keyboard, sheet) + sheet.px(28)
    elif keyboard:
        width -= round(width * KEYS_SHARE) + sheet.px(36)
    held = replace(page, blocks=tuple(block for block in page.blocks if block != keyboard))
    widgets.extend(layout.body(held, sheet, (sheet.margin, bottom, width, max(1, top - bottom))))
    return _layer(widgets)


def _foot_place(page: Page, sheet: Sheet) -> tuple[float, float, float]:
    """Give the width of what a page holds, where the ways on stand, and where the rest may begin above them."""
    _, keys_bottom, width, keys_height = _keys_box(sheet)
    nav_bottom = keys_bottom + (keys_height + sheet.px(36) if page.keys else 0)
    return width, nav_bottom, nav_bottom + (sheet.px(NAV) + sheet.px(28) if page.nav else 0)


def keyboard_of(page: Page) -> Keyboard | None:
    """Give the letters to type with, if the page has any."""
    return next((block for block in page.blocks if isinstance(block, Keyboard)), None)


def _foot(page: Page, sheet: Sheet) -> Widget:
    """Paint the ways on, and above them (on a lying screen at the right) the letters to type with."""
    width, nav_bottom, bottom = _foot_place(page, sheet)
    widgets: list[Widget] = []
    keyboard = keyboard_of(page)
    if keyboard is not None:
        wide = width if sheet.portrait else round(width * KEYS_SHARE)
        place = (sheet.margin + width - wide, bottom, wide, keyboard_height(keyboard, sheet))
        widgets.extend(blocks.paint(keyboard, sheet, place))
    if page.nav:
        widgets.extend(_nav(page.nav, sheet, (sheet.margin, nav_bottom, width, sheet.px(NAV))))
    return _layer(widgets)


def _title(page: Page, sheet: Sheet, top: float, widgets: list[Widget]) -> float:
    width = sheet.width - 2 * sheet.margin
    limit = sheet.height * (0.24 if sheet.portrait else 0.22)
    size = _title_size(page.title, sheet, width, limit)
    high = min(height_of(page.title, BOLD, size, width), limit)
    widgets.append(
        Text(
            page.title,
            (sheet.margin, top - high, width, high),
            font=BOLD,
            size=size,
            colour=sheet.colour("ink"),
            valign="top",
            least=sheet.least,
        )
    )
    if page.hint:
        lead = sheet.letters(KIOSK_TYPE.lead)
        hint_high = min(height_of(page.hint, MEDIUM, lead, width), limit)
        box = (sheet.margin, top - high - sheet.px(8) - hint_high, width, hint_high)
        widgets.append(sheet.text(page.hint, box, KIOSK_TYPE.lead, colour="quiet", valign="top"))
        high += sheet.px(8) + hint_high
    return high


def _title_size(title: str, sheet: Sheet, width: int, limit: float) -> int:
    """Choose letters for a title: a little smaller if that saves a line with one word, smaller still if it must."""
    largest, least = sheet.letters(KIOSK_TYPE.title), sheet.letters(KIOSK_TYPE.tile)
    lines = len(wrapped(title, BOLD, largest, width))
    for size in range(largest, int(largest * 0.8), -1):
        if len(wrapped(title, BOLD, size, width)) < lines:
            return size
    size = largest
    while size > least and height_of(title, BOLD, size, width) > limit * 0.6:
        size -= 2
    return size


def _nav(nav: tuple[Button, ...], sheet: Sheet, box: Box) -> list[Widget]:
    widgets: list[Widget] = []
    # One way on alone stands at the right, where the hand expects it.
    places = columns(box, max(2, len(nav)), sheet.gap)
    if len(nav) == 1 and nav[0].arrow == "next":
        places = places[1:]
    most = shared_letters(nav, sheet, places[0], KIOSK_TYPE.meta)
    for one, place in zip(nav, places, strict=False):
        widgets.extend(button(one, sheet, place, size=KIOSK_TYPE.meta, most=most))
    return widgets


def boxes(widget: Any, height: int) -> list[int]:
    """Give where a widget stands as `[x, y, width, height]` in pixels from the upper left, as touch panels count."""
    return [round(widget.x), round(height - widget.y - widget.height), round(widget.width), round(widget.height)]
