"""Small boards for tests: a view by the few facts that a scenario is about."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from presentation.texts import Texts, texts_from
from protocol.configuration import Policies, Words
from protocol.views import BoardCall, BoardCounter, BoardView, BoardWaiting, Estimate, StoppedHall

CallState = Literal["called", "in_service", "over"]

OPENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Eight o'clock in the hall, whose offset from UTC is seven hours."""

UTC_OFFSET_S = 7 * 3600


def at(seconds: float) -> datetime:
    """Give hall time as seconds after opening."""
    return OPENING + timedelta(seconds=seconds)


def repository_texts() -> Texts:
    """Read the texts that the product ships."""
    folder = Path(__file__).parents[2] / "config" / "texts"
    return texts_from({path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.toml"))})


def call(
    call_id: int,
    name: str,
    counter: int,
    *,
    at_s: float = 0,
    state: CallState = "called",
    again: bool = False,
    priority: bool = False,
) -> BoardCall:
    """Make a call of the number `name`, such as `H025`; a visit is its number."""
    prefix = name.rstrip("0123456789")
    number = int(name.removeprefix(prefix))
    return BoardCall(
        call_id=call_id,
        visit_id=f"{ord(prefix[0]):x}{number:030d}",
        prefix=prefix,
        number=number,
        counter_id=f"counter-{counter}",
        counter_number=counter,
        called_at=at(at_s),
        again=again,
        state=state,
        priority=priority,
    )


WAITING = (
    ("certification", "C", "Chứng thực", "Certified copies", 3, (300, 600)),
    ("civil_status", "H", "Hộ tịch", "Civil status", 6, (900, 1800)),
    ("land", "L", "Đất đai", "Land", 9, (2400, 3900)),
    ("business", "K", "Hộ kinh doanh", "Household business", 0, None),
    ("welfare", "X", "Bảo trợ xã hội", "Social welfare", 2, None),
    ("results", "R", "Trả kết quả", "Results", 1, (60, 240)),
    ("residence", "Q", "Cư trú", "Residence", 0, None),
    ("guidance", "M", "Hướng dẫn, việc khác", "Guidance", 0, None),
)


FIRE: Words = {"vi": "Mời rời khỏi tòa nhà ngay", "en": "Please leave the building now"}
FIRE_HINTS: Words = {
    "vi": "Bình tĩnh đi theo lối thoát hiểm, không dùng thang máy, làm theo hướng dẫn của cán bộ.",
    "en": "Stay calm, use the emergency exits and not the lifts, and follow the instructions of the staff.",
}


def stopped(told_s: float = 0, *, names: Words = FIRE, hints: Words = FIRE_HINTS, repeat_s: int = 20) -> StoppedHall:
    """Give a message of a hall that was stopped so many seconds after opening; by default, because of a fire."""
    return StoppedHall(
        emergency_id="fire" if names is FIRE else "",
        names=names,
        hints=hints,
        since_at=at(told_s),
        told_at=at(told_s),
        repeat_s=repeat_s,
    )


def in_training(names: Words) -> Words:
    """Give a hall's names as those of its training hall, with the shipped mark before them."""
    words = repository_texts()
    return {language: f"{words('staff.training_mark', language)} · {name}" for language, name in names.items()}


def board(
    *calls: BoardCall,
    state: Literal["open", "closed"] = "open",
    closed_counters: tuple[int, ...] = (),
    day: str = "2026-11-23",
    stopped: StoppedHall | None = None,
    policies: Policies | None = None,
    next_opens_at: datetime | None = None,
) -> BoardView:
    """Make the view of the zone `hall` of a ward with six counters."""
    return BoardView(
        zone_id="hall",
        agency={"vi": "Ủy ban nhân dân phường Phúc Lợi", "en": "People's Committee of Phúc Lợi Ward"},
        names={"vi": "Trung tâm Phục vụ hành chính công", "en": "Public Administrative Service Centre"},
        hotline="024 3xxx xxxx",
        day=day,
        utc_offset_s=UTC_OFFSET_S,
        state=state,
        next_opens_at=next_opens_at,
        calls=tuple(sorted(calls, key=lambda each: each.call_id, reverse=True)),
        counters=tuple(
            BoardCounter(
                counter_id=f"counter-{number}", number=number, state="closed" if number in closed_counters else "open"
            )
            for number in range(1, 7)
        ),
        waiting=tuple(
            BoardWaiting(
                service_id=service_id,
                prefix=prefix,
                names={"vi": vi, "en": en},
                waiting=waiting,
                estimate=Estimate(low_s=span[0], high_s=span[1]) if span else None,
            )
            for service_id, prefix, vi, en, waiting, span in WAITING
        ),
        policies=policies or Policies(),
        pledges=(
            {
                "vi": "5 rõ: rõ người · rõ việc · rõ quy trình · rõ trách nhiệm · rõ hiệu quả",
                "en": "We make clear: who · what · how · who answers for it · what comes of it",
            },
            {
                "vi": "3 không: không phiền hà · không sách nhiễu · không trễ hẹn",
                "en": "We promise: no trouble · no harassment · no delay",
            },
        ),
        stopped=stopped,
    )
