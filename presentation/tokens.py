"""The look as data: colours, type scale, spaces and radii, once for touch screens, boards, pages and charts.

Whatever paints (Kivy, a style sheet, a chart, a ticket) takes its values from here, so a changed colour changes
everywhere, and the contrasts are measured in one place. Colours are written `#RRGGBB`; sizes are pixels on the screen
the scale was drawn for (kiosk 1080 wide, board 1920 wide, pages 1366 wide).

Contrast is the ratio of WCAG 2.2 (success criteria 1.4.3 and 1.4.11): 1 for equal colours, 21 for black on white.
"""

from dataclasses import dataclass, fields

TEXT_MINIMUM = 4.5
"""WCAG AA for text of any size."""

MARK_MINIMUM = 3.0
"""WCAG AA for what is not text but must be seen: frames of fields, dots, bars of a chart."""

HIGH_CONTRAST_MINIMUM = 12.0
"""What the high-contrast theme promises for every text and every mark."""

LARGE_TEXT_SCALE = 1.35
"""How much larger everything is written once a citizen touches "large text"."""

MOTION_MS = 200
"""How long something takes to move to its new place, ease-out; 0 in reduced-motion mode and on the console."""


@dataclass(frozen=True, slots=True)
class Theme:
    """Every colour by its duty. A field `on_x` is the colour of text that stands on the ground `x`."""

    name: str
    paper: str  # the ground of a page by day
    card: str  # the ground of a tile or a field
    line: str  # a hairline that only decorates
    edge: str  # the frame of what can be touched where its fill does not stand out
    ink: str  # text
    quiet: str  # secondary text
    lotus: str  # action and focus: the fill of a button, the frame of a field, emphasised text
    on_lotus: str
    lotus_deep: str  # headers
    on_lotus_deep: str
    lotus_mist: str  # gentle emphasis; ink stands on it
    amber: str  # the current call; elsewhere only a small mark beside a word
    on_amber: str
    on_amber_quiet: str  # labels beside the current call
    amber_mist: str  # the badge of a priority class
    on_amber_mist: str
    brick: str  # past a promise, errors
    on_brick: str
    brick_mist: str  # the ground of an error; brick stands on it
    moss: str  # the mark of a short wait; always with a word beside it
    night: str  # the ground of boards
    night_2: str  # the ground of earlier calls on boards
    night_line: str  # a hairline on boards
    on_night: str
    on_night_quiet: str


DAY = Theme(
    name="day",
    paper="#F7F4EE",
    card="#FFFFFF",
    line="#DDD6C8",
    edge="#76857F",
    ink="#14231F",
    quiet="#4C5D57",
    lotus="#0A5C55",
    on_lotus="#FFFFFF",
    lotus_deep="#073F3B",
    on_lotus_deep="#FFFFFF",
    lotus_mist="#E3EFEC",
    amber="#F5B324",
    on_amber="#1B1503",
    on_amber_quiet="#4F3B0C",
    amber_mist="#FDF0D0",
    on_amber_mist="#6A4700",
    brick="#A3261B",
    on_brick="#FFFFFF",
    brick_mist="#FAE8E5",
    moss="#2E8555",
    night="#0C1D1A",
    night_2="#122A26",
    night_line="#29443F",
    on_night="#F3EFE6",
    on_night_quiet="#B7C6C1",
)

HIGH_CONTRAST = Theme(
    name="high-contrast",
    paper="#000000",
    card="#000000",
    line="#FFFFFF",
    edge="#FFFFFF",
    ink="#FFFFFF",
    quiet="#FFFFFF",
    lotus="#FFD23F",
    on_lotus="#000000",
    lotus_deep="#000000",
    on_lotus_deep="#FFFFFF",
    lotus_mist="#121212",
    amber="#FFD23F",
    on_amber="#000000",
    on_amber_quiet="#000000",
    amber_mist="#FFD23F",
    on_amber_mist="#000000",
    brick="#FFFFFF",
    on_brick="#000000",
    brick_mist="#121212",
    moss="#FFFFFF",
    night="#000000",
    night_2="#121212",
    night_line="#FFFFFF",
    on_night="#FFFFFF",
    on_night_quiet="#FFFFFF",
)

THEMES = (DAY, HIGH_CONTRAST)


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour and the ground it stands on, by token name, and the least contrast by day."""

    front: str
    ground: str
    minimum: float


PAIRS = (
    *(
        Pair(front, ground, TEXT_MINIMUM)
        for front in ("ink", "quiet", "lotus", "brick")
        for ground in ("paper", "card")
    ),
    Pair("ink", "lotus_mist", TEXT_MINIMUM),
    Pair("quiet", "lotus_mist", TEXT_MINIMUM),
    Pair("lotus", "lotus_mist", TEXT_MINIMUM),
    Pair("on_lotus", "lotus", TEXT_MINIMUM),
    Pair("on_lotus_deep", "lotus_deep", TEXT_MINIMUM),
    Pair("amber", "lotus_deep", TEXT_MINIMUM),
    Pair("on_amber", "amber", TEXT_MINIMUM),
    Pair("on_amber_quiet", "amber", TEXT_MINIMUM),
    Pair("on_amber_mist", "amber_mist", TEXT_MINIMUM),
    Pair("on_brick", "brick", TEXT_MINIMUM),
    Pair("brick", "brick_mist", TEXT_MINIMUM),
    Pair("ink", "brick_mist", TEXT_MINIMUM),
    *(Pair("edge", ground, MARK_MINIMUM) for ground in ("paper", "card", "lotus_mist")),
    Pair("moss", "card", MARK_MINIMUM),
    Pair("moss", "lotus_mist", MARK_MINIMUM),
    *(
        Pair(front, ground, TEXT_MINIMUM)
        for front in ("on_night", "on_night_quiet", "amber")
        for ground in ("night", "night_2")
    ),
)
"""Every pair that may be painted. Painting another means adding it here first, so that it is measured."""


@dataclass(frozen=True, slots=True)
class KioskType:
    """Sizes on a kiosk or a rating terminal 1080 pixels wide."""

    number: int = 280
    title: int = 64
    tile: int = 40
    lead: int = 34
    meta: int = 29
    smallest: int = 26


@dataclass(frozen=True, slots=True)
class BoardType:
    """Sizes on a board 1920 pixels wide."""

    current: int = 224
    earlier: int = 150
    list: int = 46
    footer: int = 34
    smallest: int = 32


@dataclass(frozen=True, slots=True)
class PageType:
    """Sizes on pages of clerks, technicians, managers and citizens."""

    number: int = 110
    title: int = 28
    action: int = 22
    lead: int = 18
    body: int = 16
    smallest: int = 14


KIOSK_TYPE = KioskType()
BOARD_TYPE = BoardType()
PAGE_TYPE = PageType()


@dataclass(frozen=True, slots=True)
class Geometry:
    """Distances in pixels; all but the radii are multiples of the grid or fixed by the drawings."""

    grid: int = 8
    kiosk_margin: int = 60
    board_margin: int = 56
    page_margin: int = 28
    touch_radius: int = 32
    board_radius: int = 36
    page_radius: int = 16
    touch_smallest: int = 90  # 20 mm on a 21.5-inch kiosk, 1080 wide
    touch_apart: int = 16
    line_height: float = 1.25  # below 1.2 the stacked marks of Ế and Ữ touch the line above


GEOMETRY = Geometry()

FONT_FAMILY = "Be Vietnam Pro"


def rgba(colour: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """Give `#RRGGBB` as four shares of 1, the way Kivy wants a colour."""
    assert len(colour) == len("#RRGGBB"), f"a colour is written #RRGGBB, not {colour!r}"
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue, alpha


def contrast(one: str, other: str) -> float:
    """Measure the contrast ratio of two colours by WCAG 2.2: from 1 (equal) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2: the sRGB channels made linear and weighted as the eye does."""
    red, green, blue, _ = rgba(colour)

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - the constants of the standard.

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def enlarged(size: int, *, large_text: bool) -> int:
    """Give a size of the type scale as it is painted, with or without large text, in whole pixels."""
    return round(size * LARGE_TEXT_SCALE) if large_text else size


def colours(theme: Theme) -> dict[str, str]:
    """Give the colours of a theme by token name, without the theme's own name."""
    return {field.name: getattr(theme, field.name) for field in fields(theme) if field.name != "name"}


def css_variables() -> str:
    """Render the look as CSS custom properties.

    `--paper`, `--lotus-deep` and so on are colours; `--text-body` and so on are sizes that follow `--text-scale`;
    `--space-1` to `--space-8` are steps of the grid. The root element chooses by attribute:
    `<html data-theme="high-contrast" data-text="large">`.
    """
    day = [f"--{_css(name)}: {value}" for name, value in colours(DAY).items()]
    sizes = [
        f"--text-{_css(field.name)}: calc({getattr(PAGE_TYPE, field.name)}px * var(--text-scale))"
        for field in fields(PAGE_TYPE)
    ]
    spaces = [f"--space-{step}: {step * GEOMETRY.grid}px" for step in range(1, 9)]
    rest = [
        f"--page-margin: {GEOMETRY.page_margin}px",
        f"--radius: {GEOMETRY.page_radius}px",
        f"--line-height: {GEOMETRY.line_height}",
        f'--font: "{FONT_FAMILY}", sans-serif',
        f"--motion: {MOTION_MS}ms",
        "--text-scale: 1",
    ]
    contrast_theme = [f"--{_css(name)}: {value}" for name, value in colours(HIGH_CONTRAST).items()]
    return "\n".join(
        (
            _rule(":root", [*day, *sizes, *spaces, *rest]),
            _rule(f':root[data-theme="{HIGH_CONTRAST.name}"]', contrast_theme),
            _rule(':root[data-text="large"]', [f"--text-scale: {LARGE_TEXT_SCALE}"]),
        )
    )


def _rule(selector: str, declarations: list[str]) -> str:
    body = "".join(f"  {declaration};\n" for declaration in declarations)
    return f"{selector} {{\n{body}}}\n"


def _css(name: str) -> str:
    return name.replace("_", "-")
