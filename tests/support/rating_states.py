"""The rarer states of the rating terminal, for the gallery: each moves a terminal that has opened into one."""

from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.rating import flow as f
from protocol.configuration import RatingLevel, RatingScale
from tests.support.boards import stopped
from tests.support.kiosks import ward


def _scale(*names: tuple[str, str]) -> RatingScale:
    levels = tuple(
        RatingLevel(
            level=place, names={"vi": vi, "en": en}, satisfied=place <= len(names) / 2, asks_reason=place == len(names)
        )
        for place, (vi, en) in enumerate(names, start=1)
    )
    return msgspec.structs.replace(ward().rating_scale, levels=levels)


YES_NO = _scale(("Hài lòng", "Satisfied"), ("Không hài lòng", "Not satisfied"))
FIVE = _scale(
    ("Rất hài lòng", "Very satisfied"),
    ("Hài lòng", "Satisfied"),
    ("Bình thường", "Neutral"),
    ("Không hài lòng", "Not satisfied"),
    ("Rất không hài lòng", "Very dissatisfied"),
)


def _photo() -> f.Photo:
    """Give a head and shoulders in two colours, so that one sees which way up it stands."""
    side = 120
    ground, ink = bytes((227, 239, 236)), bytes((10, 92, 85))

    def pixel(x: int, y: int) -> bytes:
        head = (x - 60) ** 2 + (y - 46) ** 2 < 24**2
        shoulders = ((x - 60) / 44) ** 2 + ((y - 120) / 44) ** 2 < 1
        return ink if head or shoulders else ground

    return f.Photo(side, b"".join(pixel(x, y) for y in range(side) for x in range(side)))


AN = f.Clerk("clerk-an", "Nguyễn Thị Thanh An", _photo())


def _asked(terminal: Any, *, clerk: f.Clerk | None = None, scale: RatingScale | None = None) -> Any:
    from tests.unit.kiosk.test_rating_flow import view, window

    open_window = msgspec.structs.replace(window(), clerk_id=clerk.clerk_id if clerk else "")
    shown = view(open_window)
    if scale is not None:
        shown = msgspec.structs.replace(shown, scale=scale)
    terminal.happen(f.Viewed(shown))
    return terminal.happen(f.ClerkRead(clerk)) if clerk else terminal


def _cut_off(terminal: Any) -> Any:
    return terminal.happen(f.LinkChanged("gone"))


def _stopped(terminal: Any) -> Any:
    """Stop the hall while somebody is asked: the server closes the question."""
    view = terminal.state.view
    return terminal.happen(f.Viewed(msgspec.structs.replace(view, window=None, stopped=stopped())))


RATING_STATES: dict[str, Callable[[Any], Any]] = {
    "clerk": lambda terminal: _asked(terminal, clerk=AN),
    "clerk_no_photo": lambda terminal: _asked(terminal, clerk=f.Clerk("clerk-an", AN.name)),
    "two": lambda terminal: _asked(terminal, scale=YES_NO),
    "five": lambda terminal: _asked(terminal, scale=FIVE),
    "again": lambda terminal: terminal.asks().touch("answer:2").disk().touch("change"),
    "closed": lambda terminal: terminal.asks().later(91),
    "gone": _cut_off,
    "stopped": lambda terminal: _stopped(terminal.asks()),
    "out_of_service": lambda terminal: terminal.happen(f.LinkChanged("refused")),
    "question_gone": lambda terminal: _cut_off(terminal.asks()),
    "thanks_kept": lambda terminal: _cut_off(terminal.asks()).touch("answer:1").disk(),
    "not_saved": lambda terminal: _cut_off(terminal.asks()).touch("answer:1").disk(ok=False),
}
