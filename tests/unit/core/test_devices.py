"""Devices: announced, paired within five tries and ten minutes, heard of, shut out, and carried over the night."""

from datetime import timedelta

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.commands import FunctionDescription
from queue_server import core
from tests.support import invariants
from tests.support.driven_branch import DrivenBranch, instant
from tests.support.halls import key_of, small_hall

CODE = "AB234567"
KIOSK = FunctionDescription(function_id="kiosk-9", kind="kiosk")


def opened() -> DrivenBranch:
    hall = DrivenBranch(small_hall(), instant("05:30"))
    hall.advance(instant("07:30"))
    return hall


def create(hall: DrivenBranch, device_id: str = "new", *functions: FunctionDescription, code: str = CODE) -> v.AnyReply:
    return hall.ask(
        c.CreateDevice(function_id="technician-1", device_id=device_id, name="Kiosk", functions=functions or (KIOSK,)),
        facts=hall.facts(pairing_code=code, pairing_salt="salt"),
    )


def pair(hall: DrivenBranch, code: str = CODE, key: str = "new") -> v.AnyReply:
    reply = hall.ask_as(core.Actor.stranger(), c.Pair(code=code), facts=hall.facts(public_key=key_of(key)))
    invariants.check(hall)
    return reply


def code_of(reply: v.AnyReply) -> tuple[str, dict[str, str]]:
    assert isinstance(reply, v.Refused), reply
    return reply.code, reply.parts


def test_a_device_is_paired_by_its_code_and_may_speak() -> None:
    hall = opened()
    created = create(hall)
    assert created == v.DeviceCreatedReply(device_id="new", code=CODE, expires_at=hall.at + timedelta(minutes=10))
    told = [event for event in hall.events() if isinstance(event, e.DeviceCreated)][-1]
    assert told.pairing_name == "AB"
    assert "234567" not in told.secret_hash
    assert told.secret_hash.startswith("salt$")
    ask = c.ReportDevice(function_id="kiosk-9", state="ok")
    assert code_of(hall.ask(ask, device_id="new")) == ("unknown_device", {})
    assert _line(hall, "kiosk-9").pairing == "expected"
    assert pair(hall) == v.Paired(device_id="new", functions=(KIOSK,))
    assert pair(hall) == v.Paired(device_id="new", functions=(KIOSK,)), "its first answer was lost"
    assert pair(hall, key="other") == v.Refused(code="pairing_refused"), "a code is good for one device"
    assert hall.ask(ask, device_id="new") == v.Done()
    assert _line(hall, "kiosk-9").pairing == "paired"
    assert _line(hall, "kiosk-9").state == "ok"


def test_five_wrong_codes_make_a_pairing_void() -> None:
    hall = opened()
    create(hall)
    for tries in range(1, 6):
        assert code_of(pair(hall, "AB765432"))[0] == "pairing_refused"
        assert [event.tries for event in hall.events() if isinstance(event, e.PairingFailed)] == list(
            range(1, tries + 1)
        )
    assert code_of(pair(hall)) == ("pairing_refused", {})
    assert code_of(pair(hall, "ZZ234567")) == ("pairing_refused", {})
    create(hall, code="CD234567")
    assert code_of(pair(hall)) == ("pairing_refused", {}), "the old code is void"
    assert isinstance(pair(hall, "CD234567"), v.Paired)


def test_four_wrong_codes_do_not() -> None:
    hall = opened()
    create(hall)
    for _ in range(4):
        pair(hall, "AB765432")
    assert isinstance(pair(hall), v.Paired)


def test_a_code_is_good_for_ten_minutes() -> None:
    hall = opened()
    create(hall)
    hall.at += timedelta(minutes=10)
    assert code_of(pair(hall)) == ("pairing_refused", {})
    create(hall)
    hall.at += timedelta(minutes=10) - timedelta(milliseconds=1)
    assert isinstance(pair(hall), v.Paired)


def test_two_pairings_of_one_name_and_one_key_for_two_devices() -> None:
    hall = opened()
    create(hall)
    other = FunctionDescription(function_id="kiosk-8", kind="kiosk")
    assert code_of(create(hall, "other", other)) == ("pairing_name_taken", {})
    hall.at += timedelta(minutes=10)
    assert isinstance(create(hall, "other", other), v.DeviceCreatedReply), "the other one's time is over"
    pair(hall, key="other")
    create(hall, code="CD234567")
    assert code_of(pair(hall, "CD234567", key="other")) == ("device_exists", {"device_id": "other"})


def test_what_may_not_be_announced() -> None:
    hall = opened()
    assert code_of(create(hall, "kiosk-1")) == ("device_exists", {"device_id": "kiosk-1"})
    taken = FunctionDescription(function_id="kiosk-1", kind="kiosk")
    assert code_of(create(hall, "new", taken)) == ("function_exists", {"function_id": "kiosk-1"})
    assert code_of(create(hall, "new", KIOSK, KIOSK)) == ("function_exists", {"function_id": "kiosk-9"})
    nowhere = FunctionDescription(function_id="x", kind="call_keypad", counter_id="counter-9")
    assert code_of(create(hall, "new", nowhere)) == ("unknown_counter", {"counter_id": "counter-9"})
    nowhere = FunctionDescription(function_id="x", kind="board", zone_id="cellar")
    assert code_of(create(hall, "new", nowhere)) == ("unknown_zone", {"zone_id": "cellar"})


def test_the_last_technician_is_not_shut_out() -> None:
    hall = opened()
    revoke = c.RevokeDevice(function_id="technician-1", device_id="technician-1")
    assert code_of(hall.ask(revoke)) == ("last_technician", {})
    create(hall, "second", FunctionDescription(function_id="technician-2", kind="technician"))
    assert code_of(hall.ask(revoke)) == ("last_technician", {}), "the other one is not paired yet"
    pair(hall)
    assert hall.ask(revoke) == v.Done()


def test_devices_are_limited_in_number() -> None:
    hall = opened()
    known = len(hall.branch.devices)
    for number in range(known, 256):
        function = FunctionDescription(function_id=f"f-{number}", kind="observer")
        name = f"{'0123456789ABCDEF'[number // 16]}{'0123456789ABCDEF'[number % 16]}"
        assert isinstance(create(hall, f"d-{number}", function, code=f"{name}234567"), v.DeviceCreatedReply)
    last = FunctionDescription(function_id="f-256", kind="observer")
    assert code_of(create(hall, "d-256", last, code="ZZ234567")) == ("too_many_devices", {"limit": "256"})
    again = FunctionDescription(function_id="f-255", kind="observer")
    assert isinstance(create(hall, "d-255", again, code="ZZ234567"), v.DeviceCreatedReply)


def test_a_revoked_device_is_shut_out_at_once_and_may_be_paired_anew() -> None:
    hall = opened()
    create(hall)
    pair(hall)
    hall.ask(c.ReportDevice(function_id="kiosk-9", state="ok"), device_id="new")
    revoke = c.RevokeDevice(function_id="technician-1", device_id="new")
    assert code_of(hall.ask(c.RevokeDevice(function_id="technician-1", device_id="nobody")))[0] == "unknown_device"
    wrong = c.RevokeDevice(function_id="technician-1", device_id="new", reason="unheard_of")
    assert code_of(hall.ask(wrong))[0] == "unknown_reason"
    assert hall.ask(revoke) == v.Done()
    assert hall.ask(revoke) == v.Done()
    invariants.check(hall)
    assert _line(hall, "kiosk-9").pairing == "revoked"
    take = c.TakeTicket(function_id="kiosk-9", visit_id="1" * 32, service_id="land", priority_class_id="usual")
    assert code_of(hall.ask(take, device_id="new")) == ("unknown_device", {})
    other = FunctionDescription(function_id="kiosk-10", kind="kiosk")
    create(hall, "new", other)
    pair(hall)
    assert code_of(hall.ask(take, device_id="new")) == ("unknown_function", {"function_id": "kiosk-9"})
    assert {line.function_id for line in core.devices_view(hall.branch).lines if line.device_id == "new"} == {
        "kiosk-10"
    }


def test_revoking_an_expected_device_voids_its_code() -> None:
    hall = opened()
    create(hall)
    hall.ask(c.RevokeDevice(function_id="technician-1", device_id="new"))
    assert code_of(pair(hall)) == ("pairing_refused", {})


def test_health_is_told_when_it_changes() -> None:
    hall = opened()
    report = c.ReportDevice(function_id="kiosk-1", state="degraded", reason="paper_low", detail="near end")
    assert len(hall.ask_events(report)[1]) == 1
    assert hall.ask_events(report)[1] == ()
    line = _line(hall, "kiosk-1")
    assert (line.state, line.reason, line.detail, line.since_at) == ("degraded", "paper_low", "near end", hall.at)
    gone = c.ReportDevice(function_id="kiosk-1", state="gone")
    assert hall.ask_as(core.Actor.loop(), gone) == v.Done()
    assert _line(hall, "kiosk-1").state == "gone"
    unknown = c.ReportDevice(function_id="kiosk-77", state="gone")
    assert code_of(hall.ask_as(core.Actor.loop(), unknown)) == ("unknown_function", {"function_id": "kiosk-77"})


def test_since_when_outlives_another_detail_and_the_night() -> None:
    hall = opened()
    hall.ask(c.ReportDevice(function_id="kiosk-1", state="out", reason="paper_out"))
    since_at = hall.at
    hall.advance(since_at + timedelta(minutes=5))
    assert (
        len(hall.ask_events(c.ReportDevice(function_id="kiosk-1", state="out", reason="paper_out", detail="x"))[1]) == 1
    )
    assert (_line(hall, "kiosk-1").detail, _line(hall, "kiosk-1").since_at) == ("x", since_at)
    hall.advance(instant("06:00", "2026-11-25"))
    assert hall.branch.day == "2026-11-25"
    assert _line(hall, "kiosk-1").since_at == since_at
    hall.ask(c.ReportDevice(function_id="kiosk-1", state="out", reason="cover_open"))
    assert _line(hall, "kiosk-1").since_at == hall.at


def test_the_night_keeps_devices_health_and_half_done_pairings() -> None:
    hall = opened()
    hall.ask(c.ReportDevice(function_id="kiosk-1", state="degraded", reason="paper_low"))
    stale = FunctionDescription(function_id="stale", kind="board")
    create(hall, "stale", stale, code="EF234567")
    hall.advance(instant("05:55", "2026-11-25"))
    create(hall)
    pair(hall, "AB765432")
    hall.advance(instant("06:00", "2026-11-25"))
    assert hall.branch.day == "2026-11-25"
    invariants.check(hall)
    assert _line(hall, "kiosk-1").state == "degraded"
    for _ in range(3):
        pair(hall, "AB765432")
    assert isinstance(pair(hall), v.Paired)
    hall.ask(c.RevokeDevice(function_id="technician-1", device_id="kiosk-2"))
    create(hall, "late", FunctionDescription(function_id="late", kind="board"), code="CD234567")
    hall.advance(instant("06:00", "2026-11-26"))
    invariants.check(hall)
    assert {line.function_id for line in core.devices_view(hall.branch).lines} >= {"kiosk-1", "kiosk-9"}
    assert not {line.function_id for line in core.devices_view(hall.branch).lines} & {"kiosk-2", "late"}


def test_a_view_of_very_many_devices_leaves_out_the_healthy_ones() -> None:
    hall = opened()
    functions = tuple(FunctionDescription(function_id=f"led-{n:02d}", kind="counter_display") for n in range(64))
    for part in range(3):
        moved = tuple(
            FunctionDescription(function_id=f"{part}-{function.function_id}", kind=function.kind)
            for function in functions
        )
        create(hall, f"agent-{part}", *moved, code=f"A{part}234567")
        pair(hall, f"A{part}234567", key=f"agent-{part}")
        for function in moved:
            healthy = not function.function_id.endswith("7")
            hall.ask(
                c.ReportDevice(function_id=function.function_id, state="ok" if healthy else "out", detail="x" * 200),
                device_id=f"agent-{part}",
            )
    invariants.views_decode_and_are_small(hall)
    lines = core.devices_view(hall.branch).lines
    assert sum(line.state == "out" for line in lines) == 3 * 6
    assert [line.function_id for line in lines] == [
        line.function_id for line in sorted(lines, key=lambda line: (line.device_id, line.function_id))
    ]


def _line(hall: DrivenBranch, function_id: str) -> v.DeviceLine:
    return next(line for line in core.devices_view(hall.branch).lines if line.function_id == function_id)


def test_a_call_for_help_is_told_to_all_staff_until_somebody_says_that_they_go() -> None:
    hall = opened()
    call = c.ReportDevice(function_id="kiosk-1", state="degraded", reason="help_called")
    answer = c.AnswerHelp(function_id="staff-1", staff_role="clerk", kiosk_function_id="kiosk-1", clerk_id="an")
    assert hall.ask(answer) == v.Done()
    assert not hall.events() or not isinstance(hall.events()[-1], e.HelpAnswered), "nobody had called"
    hall.ask(call)
    (calling,) = core.hall_view(hall.branch, {}, hall.at).help_calls
    assert (calling.function_id, calling.since_at) == ("kiosk-1", hall.at)
    assert hall.ask(answer) == v.Done()
    answered = hall.events()[-1]
    assert isinstance(answered, e.HelpAnswered)
    assert (answered.device_id, answered.function_id, answered.clerk_id) == ("kiosk-1", "kiosk-1", "an")
    assert core.hall_view(hall.branch, {}, hall.at).help_calls == ()
    assert core.kiosk_view(hall.branch, {}, hall.at).help_answered == ("kiosk-1",), "the citizen hears of it"
    line = _line(hall, "kiosk-1")
    assert (line.state, line.reason, line.detail) == ("degraded", "help_answered", "an")
    count = len(hall.log)
    second = c.AnswerHelp(function_id="staff-1", staff_role="manager", kiosk_function_id="kiosk-1", clerk_id="boss")
    assert hall.ask(second) == v.Done()
    assert len(hall.log) == count, "one is enough"
    hall.ask(c.ReportDevice(function_id="kiosk-1", state="ok"))
    assert _line(hall, "kiosk-1").reason == "", "the next citizen came"
    hall.ask(call)
    hall.ask(c.RevokeDevice(function_id="technician-1", device_id="kiosk-1"))
    assert core.hall_view(hall.branch, {}, hall.at).help_calls == ()
    unknown = c.AnswerHelp(function_id="staff-1", staff_role="clerk", kiosk_function_id="kiosk-8", clerk_id="an")
    assert code_of(hall.ask(unknown)) == ("unknown_function", {"function_id": "kiosk-8"})
    invariants.check(hall)


def test_a_kiosk_that_is_not_heard_is_told_to_the_staff_until_it_is_back() -> None:
    hall = DrivenBranch(small_hall(), instant("07:30"))
    hall.tick()

    def silent(function_id: str, state: c.DeviceState, reason: str) -> tuple[str, ...]:
        hall.ask_as(core.Actor.loop(), c.ReportDevice(function_id=function_id, state=state, reason=reason))
        return tuple(one.function_id for one in core.hall_view(hall.branch, {}, hall.at).kiosks_cut_off)

    assert silent("kiosk-1", "gone", "unreachable") == (), "its printer is gone, not the kiosk"
    assert silent("board-1", "gone", "silent") == ()
    assert silent("kiosk-1", "gone", "silent") == ("kiosk-1",)
    assert silent("kiosk-2", "gone", "silent") == ("kiosk-1", "kiosk-2")
    assert silent("kiosk-1", "ok", "") == ("kiosk-2",)
    hall.advance(instant("20:00"))
    assert core.hall_view(hall.branch, {}, hall.at).kiosks_cut_off == (), "switched off for the night"
