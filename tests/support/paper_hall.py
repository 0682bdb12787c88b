"""A hall on paper: the far end of the web program's link, held in memory and written by the test.

It implements the port that the pages use (`queue_server.web.hall.LinkPort`): a test publishes views, sets how presses
are answered, and reads what was asked. It knows no rule of the queue; tests of the rules run the real server.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from protocol.codec import decode_command, decode_envelope, encode
from protocol.commands import AnyCommand, FetchCatalogue, FunctionDescription, Introduce
from protocol.configuration import Outcome, PriorityClass, Procedure, Reason, TicketLink
from protocol.inquiry_commands import FetchHearings
from protocol.link import LinkState, NoAnswer
from protocol.message import PROTOCOL_VERSION
from protocol.views import (
    AnyReply,
    AnyView,
    CataloguePage,
    ClassWaiting,
    ClerkDay,
    ClerkOrder,
    CounterDay,
    CounterView,
    CounterVisit,
    DeviceLine,
    DevicesView,
    Done,
    Envelope,
    Estimate,
    HallCounter,
    HallDay,
    HallKiosk,
    HallLinked,
    HallPrintOrder,
    HallProfile,
    HallQueue,
    HallService,
    HallView,
    Introduction,
    KioskView,
    OrderEntry,
    OrderView,
    QueueWaiting,
)

NOW = datetime(2026, 11, 23, 1, 42, 12, tzinfo=UTC)
"""08:42:12 at the hall."""

UTC_OFFSET_S = 25_200

Answer = Callable[[AnyCommand], AnyReply | None]


def words(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


class PaperHall:
    """A link whose far end is the test. `answer` gives the reply to a command, or None for silence."""

    def __init__(self, kind: str = "staff") -> None:
        self.kind = kind
        """Of the function by which the pages are known."""
        self.asked: list[tuple[str, AnyCommand]] = []
        self.answer: Answer = lambda _: Done()
        self.asked_something = threading.Condition()
        self.epoch = 1
        self.rate = 1.0
        self.link_key = ""
        self.state: LinkState = "connecting"
        self.at = NOW
        self._sequences: dict[str, int] = {}
        self._on_view: Callable[[str, Envelope], None]
        self._on_state: Callable[[LinkState], None]

    def opened(
        self,
        _topics: Sequence[str],
        on_view: Callable[[str, Envelope], None],
        on_state: Callable[[LinkState], None],
    ) -> "PaperHall":
        """Be the link that the program opens."""
        self._on_view, self._on_state = on_view, on_state
        return self

    def start(self) -> None:
        """Open the link: the server is there from the first moment."""
        self.become("up")

    def close(self) -> None:
        """End the link."""

    def hall_now(self) -> datetime:
        return self.at

    def become(self, state: LinkState) -> None:
        """Change the state of the link."""
        self.state = state
        self._on_state(state)

    def publish(self, topic: str, view: AnyView) -> None:
        """Send a view, through its bytes as on the wire."""
        self._sequences[topic] = self._sequences.get(topic, 0) + 1
        envelope = Envelope(
            epoch=self.epoch,
            sequence=self._sequences[topic],
            at=self.at,
            rate=self.rate,
            version=PROTOCOL_VERSION,
            view=view,
        )
        self._on_view(topic, decode_envelope(encode(envelope)))

    def ask(
        self,
        command: AnyCommand,
        on_reply: Callable[[AnyReply | None], None],
        *,
        request_id: str | None = None,
        deadline_s: float = 10,
    ) -> str:
        assert deadline_s > 0
        on_reply(self._reply(command, request_id or ""))
        return request_id or ""

    def ask_and_wait(self, command: AnyCommand, *, request_id: str | None = None, deadline_s: float = 10) -> AnyReply:
        assert deadline_s > 0
        reply = self._reply(command, request_id or "")
        if reply is None:
            raise NoAnswer("the test keeps silent")
        return reply

    def _reply(self, command: AnyCommand, request_id: str) -> AnyReply | None:
        command = decode_command(encode(command))
        if isinstance(command, Introduce):
            function = FunctionDescription(function_id=f"{self.kind}-1", kind=self.kind)  # type: ignore[arg-type]  # Tests name kinds.
            return Introduction(
                device_id="web",
                functions=(function,),
                branch_id="ward",
                names=words("Trung tâm", "Centre"),
                epoch=self.epoch,
                at=self.at,
                rate=self.rate,
                oldest_version=PROTOCOL_VERSION,
                link_key=self.link_key,
            )
        if isinstance(command, FetchCatalogue):
            return CataloguePage(
                catalogue_hash=command.catalogue_hash, page=command.page, pages=2, procedures=PROCEDURES[command.page]
            )
        reply = self.answer(command)
        if isinstance(command, COUNTED):
            return reply
        with self.asked_something:
            self.asked.append((request_id, command))
            self.asked_something.notify_all()
        return reply


COUNTED = (FetchHearings,)
"""What the page of counters asks by itself, to say how much waits for its clerk: no act of whoever looks."""

# --- What stands on the paper ----------------------------------------------------------------------------------------

PROCEDURES = (
    (
        Procedure(
            code="1.001193",
            service_id="civil_status",
            names=words("Đăng ký khai sinh", "Birth registration"),
            documents=(
                "Tờ khai đăng ký khai sinh theo mẫu",
                "Giấy chứng sinh; nếu không có thì văn bản của người làm chứng xác nhận về việc sinh",
                "Giấy chứng nhận kết hôn của cha, mẹ (nếu cha, mẹ đã đăng ký kết hôn và dữ liệu chưa được kết nối)",
            ),
            time=words("Trong ngày làm việc", "Within the working day"),
            fee=words("Miễn phí nếu đăng ký đúng hạn", "Free if registered in time"),
            result_place=words("Bộ phận Trả kết quả, quầy 6", "Results, counter 6"),
            after_15h_next_day=True,
        ),
        Procedure(code="2.000635", service_id="civil_status", names=words("Trích lục hộ tịch", "Extract")),
    ),
    (Procedure(code="1.000894", service_id="civil_status", names=words("Đăng ký kết hôn", "Marriage")),),
)

CLASSES = (
    PriorityClass(priority_class_id="usual", names=words("Thường", "Usual"), slope=1.0, guaranteed_waiting_s=3600),
    PriorityClass(
        priority_class_id="elderly",
        names=words("Người cao tuổi", "Elderly"),
        slope=3.0,
        guaranteed_waiting_s=1800,
    ),
)


def kiosk_view() -> KioskView:
    """What kiosks see: here for the priority classes and the catalogue's hash."""
    return KioskView(
        branch_id="ward",
        configuration_id="c0",
        agency=words("UBND phường Phúc Lợi", "Phúc Lợi Ward"),
        names=words("Trung tâm Phục vụ hành chính công", "Public Service Centre"),
        hotline="",
        languages=("vi", "en"),
        utc_offset_s=UTC_OFFSET_S,
        day="2026-11-23",
        state="open",
        next_opens_at=None,
        services=(),
        priority_classes=CLASSES,
        kiosk_ranges=(),
        ticket_link=TicketLink(),
        ticket_footer={},
        catalogue_hash="h1",
        catalogue_pages=2,
    )


QUEUES = (
    ("civil_status", "H", "Hộ tịch", "Civil status"),
    ("certification", "C", "Chứng thực", "Certification"),
    ("land", "L", "Đất đai, xây dựng", "Land, construction"),
    ("business", "K", "Hộ kinh doanh", "Household business"),
    ("welfare", "X", "Bảo trợ xã hội", "Social welfare"),
    ("results", "R", "Nhận kết quả", "Results"),
)


def hall_view(*, clerks: dict[int, str] | None = None) -> HallView:
    """A ward's hall of six counters in the morning."""
    return HallView(
        branch_id="ward",
        configuration_id="c0",
        agency=words("UBND phường Phúc Lợi", "Phúc Lợi Ward"),
        names=words("Trung tâm Phục vụ hành chính công", "Public Service Centre"),
        languages=("vi", "en"),
        day="2026-11-23",
        day_open=True,
        utc_offset_s=UTC_OFFSET_S,
        opens_at=NOW - timedelta(hours=1),
        closes_at=NOW + timedelta(hours=9),
        services=tuple(
            HallService(
                service_id=queue_id,
                queue_id=queue_id,
                prefix=prefix,
                names=words(vi, en),
                target_waiting_s=1800,
                target_service_s=840,
            )
            for queue_id, prefix, vi, en in QUEUES
        ),
        queues=hall_queues(),
        counters=hall_counters({1: "minh", 3: "anh", 4: "lan"} if clerks is None else clerks),
        work_profiles=PROFILES,
        class_names={one.priority_class_id: one.names for one in CLASSES},
        outcomes=OUTCOMES,
        reasons=REASONS,
        today=HallDay(visits_taken=63, waiting=18, called=1, in_service=3, parked=2, served=37, no_shows=2),
        linked_services=(
            HallLinked(
                linked_id="newborn",
                names=words("Khai sinh, đất đai, bảo trợ", "Birth, land, welfare"),
                service_ids=("civil_status", "land", "welfare"),
            ),
        ),
        kiosks=(HallKiosk(function_id="kiosk-2", name="Máy lấy số cửa chính", state="ok", reason=""),),
        print_orders=(
            HallPrintOrder(
                order_id="0" * 32,
                visit_id="0" * 32,
                prefix="H",
                number=21,
                function_id="kiosk-2",
                state="confirmed",
                reason="",
                ordered_at=NOW - timedelta(minutes=2),
            ),
        ),
    )


def order_view() -> OrderView:
    """Two calls out of order and a class given, by two clerks."""
    rows = (
        ("prioritized", "anh", "counter-3", 27, "unwell", 0, 9),
        ("chosen", "anh", "counter-3", 24, "papers", 3, 19),
        ("chosen", "minh", "counter-1", 22, "frail", 1, 44),
    )
    return OrderView(
        day="2026-11-23",
        entries=tuple(
            OrderEntry(
                at=NOW - timedelta(minutes=ago_min),
                kind=kind,  # type: ignore[arg-type]  # Checked when it goes through its bytes.
                prefix="H",
                number=number,
                counter_id=counter_id,
                clerk_id=clerk_id,
                reason=reason,
                passed_over=passed_over,
                before_class_id="usual" if kind == "prioritized" else "",
                priority_class_id="elderly" if kind == "prioritized" else "",
            )
            for kind, clerk_id, counter_id, number, reason, passed_over, ago_min in rows
        ),
        clerks=(
            ClerkOrder(clerk_id="anh", calls=11, chosen=1, prioritized=1),
            ClerkOrder(clerk_id="minh", calls=14, chosen=1, prioritized=0),
        ),
    )


def hall_counters(clerks: dict[int, str]) -> tuple[HallCounter, ...]:
    """Six counters, some with a clerk who serves."""
    return tuple(
        HallCounter(
            counter_id=f"counter-{number}",
            number=number,
            names=words(f"Quầy {number}", f"Counter {number}"),
            state="open" if number in clerks else "closed",
            clerk_id=clerks.get(number, ""),
            work_profile_id="families" if number <= 3 else "results",
            zone_id="hall",
            prefix="H" if number in clerks else "",
            ticket_number=20 + number if number in clerks else 0,
            visit_state="in_service" if number in clerks else "",
            since_at=NOW - timedelta(minutes=3 * number) if number in clerks else None,
        )
        for number in range(1, 7)
    )


def hall_queues() -> tuple[HallQueue, ...]:
    """Queues from long to empty."""
    return tuple(
        HallQueue(
            queue_id=queue_id,
            names=words(vi, en),
            waiting={"usual": 5 - place, "elderly": place % 2} if place < 5 else {},
            oldest_at=NOW - timedelta(minutes=34 - 6 * place) if place < 5 else None,
            estimate=Estimate(low_s=300 * (5 - place), high_s=500 * (5 - place)) if place < 5 else None,
        )
        for place, (queue_id, _, vi, en) in enumerate(QUEUES)
    )


PROFILES = (
    HallProfile(
        work_profile_id="families",
        names=words("Hộ tịch, chứng thực", "Families"),
        primary_queue_ids=("civil_status",),
        backup_queue_ids=("certification",),
    ),
    HallProfile(
        work_profile_id="results",
        names=words("Nhận và trả kết quả", "Results"),
        primary_queue_ids=("results",),
        backup_queue_ids=(),
    ),
)

OUTCOMES = (
    Outcome(outcome_id="dossier_received", names=words("Đã tiếp nhận hồ sơ", "Dossier received"), key="1"),
    Outcome(outcome_id="result_returned", names=words("Đã trả kết quả", "Result returned"), key="2"),
    Outcome(outcome_id="guided", names=words("Đã hướng dẫn", "Guided"), key="3"),
    Outcome(outcome_id="papers_missing", names=words("Thiếu giấy tờ, hẹn bổ sung", "Papers missing")),
    Outcome(outcome_id="left", names=words("Người dân bỏ về", "Left"), served=False),
)

REASONS = (
    Reason(reason_id="lunch", names=words("Nghỉ giữa ca", "Break"), uses=("pause",)),
    Reason(reason_id="meeting", names=words("Họp, hội ý", "Meeting"), uses=("pause",)),
    Reason(reason_id="device", names=words("Sự cố thiết bị", "Device fault"), uses=("pause", "close")),
    Reason(reason_id="frail", names=words("Sức khỏe người dân", "Health"), uses=("call", "reinstate")),
    Reason(reason_id="papers", names=words("Quay lại bổ sung", "Came back"), uses=("call", "reinstate")),
    Reason(reason_id="other_work", names=words("Việc thuộc lĩnh vực khác", "Other field"), uses=("transfer",)),
    Reason(reason_id="went_home", names=words("Về mà quên thoát", "Went home"), uses=("release",)),
    Reason(reason_id="called_away", names=words("Có việc đột xuất", "Called away"), uses=("release",)),
    Reason(reason_id="birth", names=words("Cần bổ sung giấy chứng sinh", "Papers"), uses=("transfer",)),
    Reason(reason_id="unwell", names=words("Người yếu, không khỏe", "Unwell or frail"), uses=("priority",)),
    Reason(reason_id="not_entitled", names=words("Không thuộc diện đã chọn", "Not entitled"), uses=("priority",)),
)


def visit(number: int, state: str = "waiting", *, waited_min: int = 10, **more: object) -> CounterVisit:
    """A visit by its number; `more` overrides any field."""
    fields: dict[str, object] = {
        "visit_id": f"{number:032x}",
        "prefix": "H",
        "number": number,
        "state": state,
        "service_id": "civil_status",
        "queue_id": "civil_status",
        "priority_class_id": "usual",
        "procedure_code": "1.001193",
        "taken_at": NOW - timedelta(minutes=waited_min),
        "rank_at": NOW - timedelta(minutes=waited_min),
        "function_id": "kiosk-2",
        "clause": "priority",
        "waited_s": waited_min * 60,
        **more,
    }
    return CounterVisit(**fields)  # type: ignore[arg-type]  # Checked when it goes through its bytes.


WAITING_BY_CLASS = (
    ClassWaiting(
        priority_class_id="elderly",
        waiting=4,
        backup=1,
        oldest_at=NOW - timedelta(minutes=31),
        target_s=1800,
        prefix="H",
        number=21,
    ),
    ClassWaiting(
        priority_class_id="usual",
        waiting=14,
        backup=6,
        oldest_at=NOW - timedelta(minutes=22),
        target_s=1800,
        prefix="H",
        number=26,
    ),
)


def counter_view(state: str = "serving", **more: object) -> CounterView:
    """Counter 3 with the clerk `anh`: `idle`, `called`, `serving`, `paused`, `closed`; `more` overrides any field."""
    at_counter = {
        "called": visit(25, "called", waited_min=24, called_at=NOW - timedelta(seconds=41), recalls=1),
        "serving": visit(
            25,
            "in_service",
            waited_min=30,
            priority_class_id="elderly",
            waited_s=24 * 60,
            called_at=NOW - timedelta(minutes=6, seconds=40),
            started_at=NOW - timedelta(minutes=6, seconds=12),
            reason="birth",
            transferred_from="counter-1",
        ),
    }.get(state)
    fields: dict[str, object] = {
        "counter_id": "counter-3",
        "number": 3,
        "names": words("Quầy 3", "Counter 3"),
        "state": {"paused": "paused", "closed": "closed"}.get(state, "open"),
        "pause_reason": "lunch" if state == "paused" else "",
        "clerk_id": "anh",
        "work_profile_id": "families",
        "work_profile_names": words("Hộ tịch, chứng thực", "Families"),
        "day": "2026-11-23",
        "utc_offset_s": UTC_OFFSET_S,
        "day_open": True,
        "serving": at_counter,
        "next_visits": (
            visit(
                21,
                waited_min=31,
                overdue=True,
                clause="guarantee",
                priority_class_id="elderly",
                procedure_code="2.000635",
            ),
            visit(26, waited_min=22, procedure_code="1.000894"),
            visit(27, waited_min=6, priority_class_id="elderly"),
            visit(44, waited_min=12, prefix="C", service_id="certification", procedure_code="", backup=True),
        ),
        "parked": (visit(19, "parked", waited_min=50, started_at=NOW - timedelta(minutes=17)),),
        "no_shows": (visit(18, "no_show", waited_min=55, called_at=NOW - timedelta(minutes=20)),),
        "waiting": 18,
        "today": CounterDay(served=9, within_target=8, no_shows=1, served_total_s=9 * 500),
        "recall_limit": 3,
        "classes": WAITING_BY_CLASS,
        "queues": tuple(
            QueueWaiting(
                queue_id=queue.queue_id,
                waiting=sum(queue.waiting.values()),
                oldest_at=queue.oldest_at,
                backup=queue.queue_id == "certification",
            )
            for queue in hall_queues()[:2]
        ),
        "own": ClerkDay(served=9, within_target=7, median_service_s=8 * 60, calls=11, chosen=2, no_shows=1),
        **more,
    }
    return CounterView(**fields)  # type: ignore[arg-type]  # Checked when it goes through its bytes.


def devices_view() -> DevicesView:
    """Some devices, well and unwell."""
    rows = (
        ("kiosk-1", "kiosk-1", "kiosk", "", "paired", "degraded", "paper_low", ""),
        ("board-1", "board-1", "board", "", "paired", "ok", "", ""),
        ("agent-1", "call-keypad-3", "call_keypad", "counter-3", "paired", "ok", "", ""),
        ("agent-1", "rating-keypad-3", "rating_keypad", "counter-3", "paired", "gone", "", "RS-485 address 23"),
        ("agent-1", "counter-display-3", "counter_display", "counter-3", "paired", "unknown", "", ""),
        ("kiosk-2", "kiosk-2", "kiosk", "", "expected", "unknown", "", ""),
        ("web", "staff-1", "staff", "", "paired", "ok", "", ""),
        ("kiosk-old", "kiosk-9", "kiosk", "", "revoked", "gone", "", ""),
    )
    return DevicesView(
        lines=tuple(
            DeviceLine(
                device_id=device_id,
                function_id=function_id,
                kind=kind,
                counter_id=counter_id,
                pairing=pairing,  # type: ignore[arg-type]  # Checked when it goes through its bytes.
                state=state,  # type: ignore[arg-type]  # The same.
                reason=reason,
                detail=detail,
                since_at=NOW - timedelta(minutes=7 * place),
            )
            for place, (device_id, function_id, kind, counter_id, pairing, state, reason, detail) in enumerate(rows)
        )
    )


def furnish(hall: PaperHall, state: str = "serving", **more: object) -> None:
    """Publish all that the pages show."""
    hall.publish("kiosk", kiosk_view())
    hall.publish("hall", hall_view())
    hall.publish("order", order_view())
    hall.publish("devices", devices_view())
    hall.publish("counter/counter-3", counter_view(state, **more))
