"""What shares one place on a board, by room and by turns: lines of calls and of waiting, languages, slides. Pure.

A turn lasts some seconds of real time, as nobody should have to read in a hurry; nothing scrolls.
"""

from dataclasses import dataclass
from itertools import zip_longest

from presentation.board_flow import Scene


@dataclass(frozen=True, slots=True)
class Room:
    """How the lines of a scene share the board: two large rows, a list, and the waiting lines below it."""

    large: int = 2
    side_rows: int = 8
    least_waiting_rows: int = 4


ROOM = Room()


def shares(others: int, upcoming: int, recent_calls: int, room: Room = ROOM) -> tuple[int, int]:
    """Divide the side of the board: rows for calls and rows for waiting lines.

    The usual number of calls is the hall's own (`board_recent_calls`, the large rows counted); when more people than
    that are called at once, their lines take the place of the waiting lines, since being called is more urgent.
    """
    usual = max(recent_calls - room.large, 0)
    rows = min(max(usual, upcoming - room.large), room.side_rows, max(others - room.large, 0))
    reserved = min(max(usual, rows), room.side_rows)
    return rows, max(room.side_rows - reserved, 0)


def page_of(count: int, size: int, turn: int) -> tuple[int, int]:
    """Give the span (start, end) of the page that turn number `turn` shows of `count` lines, `size` at a time.

    The last page is filled up from the one before, so that no page is nearly empty.
    """
    if size <= 0 or count <= 0:
        return 0, 0
    pages = -(-count // size)
    start = min(turn % pages * size, max(count - size, 0))
    return start, min(start + size, count)


def language_of(turn: int, languages: int) -> int:
    """Give which language's words turn number `turn` shows: the first one's twice, then each other's once."""
    return max(turn % (languages + 1) - 1, 0) if languages > 1 else 0


@dataclass(frozen=True, slots=True)
class Slide:
    """What fills the large place in quiet times: words in the first language and, smaller, in the others; or a picture.

    `picture` counts the pictures of the board from 0; None for words.
    """

    head: str = ""
    lines: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    picture: int | None = None


def slides_of(scene: Scene, pictures: int) -> tuple[Slide, ...]:
    """Give what an idle board shows by turns: its greeting; a promise, a notice, a picture; the next of each."""
    main, *rest = scene.translations
    promised = [_pledge_slide(pledge, [each.pledges[at] for each in rest]) for at, pledge in enumerate(main.pledges)]
    told = [
        Slide(lines=(notice,), others=tuple(each.notices[at] for each in rest))
        for at, notice in enumerate(main.notices)
    ]
    shown = [Slide(picture=at) for at in range(pictures)]
    mixed = [slide for group in zip_longest(promised, told, shown) for slide in group if slide is not None]
    return (Slide(lines=scene.titles[:1], others=scene.titles[1:]), *mixed)


def _pledge_slide(pledge: str, others: list[str]) -> Slide:
    head, rest = pledge_parts(pledge)
    return Slide(head, tuple(part.strip() for part in rest.split("·")), tuple(others))


def pledge_parts(pledge: str) -> tuple[str, str]:
    """Part a pledge at its first colon into the words to stress and the rest: "5 rõ", "rõ người · rõ việc"."""
    head, colon, rest = pledge.partition(":")
    return (head.strip(), rest.strip()) if colon else ("", pledge.strip())
