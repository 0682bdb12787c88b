"""What must be true of every screen, as rules over what `tests.support.kiosk_pictures` tells of it. Pure.

A rule gives a finding, a sentence, for each thing that breaks it. Where a number comes from a standard, it is named:
WCAG 2.2 (level AA) and EN 301 549 v3.2.1. Panels are taken to be these, and mounted so:

- standing and lying kiosk: 21.5 inches, 476 × 268 mm, its lower edge at most 950 mm above the floor;
- a tablet of 1280 × 800: 10.1 inches, 217 × 136 mm.
"""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from presentation.tokens import MARK_MINIMUM, TEXT_MINIMUM, contrast

Shown = dict[str, Any]
Box = list[int]

WIDTHS_MM = {(1080, 1920): 268.0, (1920, 1080): 476.0, (1280, 800): 217.0}
LOWER_EDGE_MM = 950.0
REACH_MM = 1220.0
"""EN 301 549, 8.3.2.1: the highest that an unobstructed forward reach goes."""
TARGET_MM = {(1080, 1920): 20.0, (1920, 1080): 15.0, (1280, 800): 8.0}
"""The smallest side of anything to touch. WCAG 2.5.8 wants 24 CSS pixels, 6.35 mm."""
APART_MM = {(1080, 1920): 2.4, (1920, 1080): 1.9, (1280, 800): 0.9}
HIGH_CONTRAST_TEXT = 7.0
"""WCAG 1.4.6, level AAA: what the high-contrast theme keeps at least."""
WHOLE_LETTERS = 413
"""Names of more letters are not held to stand whole on a button: seven of the 588 official ones."""
CAPITAL = 0.7
"""How high a capital of Be Vietnam Pro is, as a share of its size."""


def mm(shown: Shown) -> float:
    """Give the size of a pixel in millimetres."""
    return WIDTHS_MM[tuple(shown["size"])] / float(shown["size"][0])


# --- Words -----------------------------------------------------------------------------------------------------------


def words_are_whole(shown: Shown) -> Iterator[str]:
    """No text is cut, but the name of a procedure on a button that its citizen wants low or that is far too long.

    The catalogue allows names of 40 letters. Official ones have up to 919: where four of them do not stand whole on a
    page, they lose their middle, and `shortened_words_differ` holds; a touch shows each whole.
    """
    allowed = {
        one["text"]
        for one in shown["touch"]
        if one["action"].startswith("procedure:") and ("low" in shown["name"] or len(one["text"]) > WHOLE_LETTERS)
    }
    for word in shown["words"]:
        if word["cut"] and word["text"] not in allowed:
            yield f"cut: {word['text']!r}"
        if word["text"] != unicodedata.normalize("NFC", word["text"]):
            yield f"not composed: {word['text']!r}"


def shortened_words_differ(shown: Shown) -> Iterator[str]:
    """No two labels are painted alike: what is cut keeps what tells it from its neighbours."""
    painted = [word["shown"] for word in shown["words"] if any(word["text"] == one["text"] for one in shown["touch"])]
    for words in {words for words in painted if painted.count(words) > 1}:
        yield f"{painted.count(words)} labels are painted as {words!r}"


def words_stay_in_their_boxes(shown: Shown) -> Iterator[str]:
    """The letters, as they were painted, lie in the box that was meant for them, and that on the screen."""
    wide, high = shown["size"]
    for word in shown["words"]:
        x, y, w, h = word["painted"]
        left, top, width, height = word["box"]
        line = word["size"] * 0.3  # The air of a line above and below its letters may reach out.
        if x < left - 2 or x + w > left + width + 2 or y < top - line or y + h > top + height + line:
            yield f"painted {word['painted']} outside of {word['box']}: {word['text']!r}"
        if x < 0 or y < 0 or x + w > wide or y + h > high:
            yield f"off the screen: {word['text']!r}"


def words_do_not_meet(shown: Shown) -> Iterator[str]:
    """No words lie on words, and none lie across the edge of something to touch."""
    inks = [(word, _ink(word)) for word in shown["words"]]
    for (one, ink), (other, beside) in combinations(inks, 2):
        if _meet(ink, beside):
            yield f"{one['text']!r} lies on {other['text']!r}"
    for word, ink in inks:
        for touch in shown["touch"]:
            if _meet(ink, touch["box"]) and not _within(ink, touch["box"]):
                yield f"{word['text']!r} lies across the edge of {touch['text']!r}"


def _ink(word: Shown) -> Box:
    """Give the box of the letters without the air of their lines."""
    x, y, w, h = word["painted"]
    air = round(word["size"] * 0.2)
    return [x, y + air, w, max(1, h - 2 * air)]


def _meet(one: Box, other: Box) -> bool:
    (x, y, width, height), (left, top, wide, high) = one, other
    return x < left + wide and left < x + width and y < top + high and top < y + height


def _within(one: Box, other: Box) -> bool:
    (x, y, width, height), (left, top, wide, high) = one, other
    return x >= left and y >= top and x + width <= left + wide and y + height <= top + high


def titles_come_first(shown: Shown) -> Iterator[str]:
    """The first words below the head are the page's title."""
    body = [word for word in shown["words"] if word["box"][1] >= shown["head_px"]]
    if not body or body[0]["text"] != shown["title"]:
        yield f"the title {shown['title']!r} is not read first, but {[word['text'] for word in body[:1]]}"


def reading_order_is_what_eyes_do(shown: Shown) -> Iterator[str]:
    """WCAG 1.3.2: what is told later stands below, or to the right in the same line; columns are read one by one."""
    yield from _out_of_order([(word["text"], _ink(word)) for word in shown["words"]])


def touch_order_is_what_eyes_do(shown: Shown) -> Iterator[str]:
    """WCAG 2.4.3: what a keypad steps to later stands below, or to the right in the same line."""
    yield from _out_of_order([(one["text"], one["box"]) for one in shown["touch"]])


def _out_of_order(told: list[tuple[str, Box]]) -> Iterator[str]:
    for (one, (x, y, wide, high)), (other, (left, top, width, height)) in combinations(told, 2):
        in_a_column = left < x + wide and x < left + width
        in_a_line = min(y + high, top + height) - max(y, top) > min(high, height) / 2
        if (in_a_column and top + height <= y) or (in_a_line and not in_a_column and left + width <= x):
            yield f"{other!r} is told after {one!r}, and stands before it"


# --- Things to touch -------------------------------------------------------------------------------------------------


def targets_are_large(shown: Shown) -> Iterator[str]:
    """WCAG 2.5.8 and EN 301 549 5.5: large enough for a finger that trembles."""
    least = TARGET_MM[tuple(shown["size"])]
    for one in shown["touch"]:
        side = min(one["box"][2:]) * mm(shown)
        if side < least:
            yield f"{one['text']!r} is {side:.1f} mm, {least} mm is the least"


def targets_are_apart(shown: Shown) -> Iterator[str]:
    """Nothing to touch meets anything else, and a finger finds a gap between any two."""
    least = APART_MM[tuple(shown["size"])] / mm(shown)
    for one, other in combinations(shown["touch"], 2):
        x, y, width, height = one["box"]
        if _meet(
            [round(x - least), round(y - least), round(width + 2 * least), round(height + 2 * least)], other["box"]
        ):
            yield f"{one['text']!r} is too close to {other['text']!r}"


def targets_have_words_of_their_own(shown: Shown) -> Iterator[str]:
    """WCAG 2.5.3 and 4.1.2: everything to touch has a name, and no two on a page the same."""
    names = [one["text"] for one in shown["touch"]]
    for name in {name for name in names if not name.strip() or names.count(name) > 1}:
        yield f"{names.count(name)} things to touch are called {name!r}"


def targets_are_the_pages(shown: Shown) -> Iterator[str]:
    """What can be touched is what the page says, no more and no less, but low reach where all is low."""
    lying = shown["size"][0] > shown["size"][1]
    wanted = [action for action in shown["order"] if not (lying and action == "key:low_reach")]
    if [one["action"] for one in shown["touch"]] != wanted:
        yield f"{[one['action'] for one in shown['touch']]} can be touched, the page says {wanted}"


def low_reach_is_low(shown: Shown) -> Iterator[str]:
    """EN 301 549 8.3.2.1: in low reach, everything to touch lies below 1,220 mm."""
    high = shown["size"][1]
    for one in shown["touch"]:
        above = LOWER_EDGE_MM + (high - one["box"][1]) * mm(shown)
        if above > REACH_MM:
            yield f"{one['text']!r} reaches {above:.0f} mm above the floor"


def letters_are_large(shown: Shown) -> Iterator[str]:
    """EN 301 549 5.1.4: in large letters, capitals are seen under 0.7 degrees from 500 mm: 6.1 mm high.

    Held for what is read to go on (the title, sentences, labels); the least of all letters is half of that.
    """
    for word in shown["words"]:
        high = word["size"] * CAPITAL * mm(shown)
        if high < LEAST_CAPITAL_MM[tuple(shown["size"])]:
            yield f"{word['text'][:40]!r} has capitals of {high:.1f} mm"


LARGE_CAPITAL_MM = 2.2 * 500 / 180
"""EN 301 549, 5.1.4: capitals seen under 0.7 degrees from 500 mm, 6.1 mm high."""


def large_letters_by_kind(shown: Shown) -> dict[str, float]:
    """Tell how high the capitals of the smallest title, foot key, hint, answer and other sentence are; mm."""
    least: dict[str, float] = {}
    for word in shown["words"]:
        x, y, wide, high = word["box"]
        if y < shown["head_px"]:
            continue
        holder = next((one for one in shown["touch"] if _within([x + 1, y + 1, wide - 2, high - 2], one["box"])), None)
        if holder is not None:
            kind = "key" if holder["action"].startswith("key:") else "answer"
        else:
            kind = {shown["title"]: "title", shown["hint"]: "hint"}.get(word["text"], "sentence")
        least[kind] = min(least.get(kind, 99.0), word["size"] * CAPITAL * mm(shown))
    return least


LEAST_CAPITAL_MM = {(1080, 1920): 3.8, (1920, 1080): 3.3, (1280, 800): 1.5}
"""The smallest letters anywhere, those of names too long for their place among them."""


# --- Colours ---------------------------------------------------------------------------------------------------------


def words_stand_out(shown: Shown) -> Iterator[str]:
    """WCAG 1.4.3: 4.5:1 for every word as it was painted; 7:1 in the high-contrast theme."""
    least = HIGH_CONTRAST_TEXT if "contrast" in shown["name"] else TEXT_MINIMUM
    for word in shown["words"]:
        front, ground = (_hex(colour) for colour in word["colours"])
        if contrast(front, ground) < least:
            yield f"{word['text']!r}: {front} on {ground} is {contrast(front, ground):.1f}:1"


def edges_stand_out(shown: Shown) -> Iterator[str]:
    """WCAG 1.4.11: the edge or the fill of everything to touch is 3:1 against what is around it."""
    for one in shown["touch"]:
        outside, inside = one["edge"]
        best = max(contrast(_hex(a), _hex(b)) for a in outside[:1] for b in inside)
        if best < MARK_MINIMUM:
            yield f"{one['text']!r}: its edge is {best:.1f}:1"


def _hex(colour: list[int]) -> str:
    return "#{:02X}{:02X}{:02X}".format(*colour)


Rule = Callable[[Shown], Iterator[str]]

LAYOUT: tuple[Rule, ...] = (
    words_are_whole,
    shortened_words_differ,
    words_stay_in_their_boxes,
    words_do_not_meet,
    titles_come_first,
    reading_order_is_what_eyes_do,
    touch_order_is_what_eyes_do,
    targets_are_large,
    targets_are_apart,
    targets_have_words_of_their_own,
    targets_are_the_pages,
    letters_are_large,
)
"""Rules that need no picture."""
COLOURS: tuple[Rule, ...] = (words_stand_out, edges_stand_out)


def findings(shown: Shown, rules: tuple[Rule, ...]) -> list[str]:
    """Give all findings on a page, each with the page's name and size."""
    size = "x".join(map(str, shown["size"]))
    return [f"{shown['name']} {size} {rule.__name__}: {finding}" for rule in rules for finding in rule(shown)]
