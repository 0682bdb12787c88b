"""What events change about the branch itself: its configuration, day, devices, counters and clerks."""

from datetime import date
from typing import Final

import msgspec

from protocol import events as e
from protocol.views import CounterState
from queue_server.core.calendar import laid_out, plan_day
from queue_server.core.hall import Hall
from queue_server.core.learning import believed_log_s
from queue_server.core.state import (
    HELP_ANSWERED,
    Branch,
    CounterToday,
    Device,
    Health,
    HelpWanted,
    Pairing,
    empty_hall,
    furnish,
)

_COUNTER_STATES: Final[dict[type[e.CounterEvent], CounterState]] = {
    e.CounterOpened: "open",
    e.CounterPaused: "paused",
    e.CounterClosed: "closed",
}


def configure(branch: Branch, event: e.ConfigurationChanged) -> None:
    """Take up a configuration, or keep it for the next day. The latest decision wins over an earlier one that waits."""
    if event.effective == "next_day":
        branch.coming = event.configuration
        return
    branch.coming = None
    had = (*branch.former_ranges, *branch.configuration.kiosk_ranges)
    branch.former_ranges = tuple(one for one in dict.fromkeys(had) if one not in event.configuration.kiosk_ranges)
    branch.hall = Hall(event.configuration)
    branch.configuration_id = event.configuration.configuration_id
    furnish(branch)
    if branch.day_open and branch.plan is not None:
        branch.plan = plan_day(event.configuration, date.fromisoformat(branch.day), branch.plan.utc_offset_s)


def open_day(branch: Branch, event: e.DayOpened) -> None:
    """Begin with an empty hall and the devices that the event names."""
    if branch.coming is not None and branch.coming.configuration_id == event.configuration_id:
        branch.hall = Hall(branch.coming)
        branch.configuration_id = event.configuration_id
        branch.coming = None
    assert branch.configuration_id == event.configuration_id, "a day opens with the configuration it names"
    empty_hall(branch)
    branch.stopped = None  # What still stands follows in an event of its own.
    branch.stops.clear()
    branch.rosters.clear()  # So do they.
    branch.planned = None
    branch.ballots.clear()  # And they.
    branch.campaign = None
    branch.voices.clear()
    branch.months.clear()
    branch.alerts.clear()
    branch.inquiries.clear()
    branch.answered_lately.clear()
    branch.voice_by_hash.clear()
    branch.day = event.day
    branch.day_open = True
    branch.plan = laid_out(
        branch.configuration.calendar,
        event.day,
        opens_at=event.opens_at,
        closes_at=event.closes_at,
        utc_offset_s=event.utc_offset_s,
        spans=event.spans,
    )
    branch.learned = event.learned
    branch.believed_log_s = believed_log_s(event.learned)
    branch.paces.update(event.learned.paces)
    branch.corrections.update(event.learned.corrections)
    for table in (branch.devices, branch.device_by_key, branch.device_by_function, branch.pairings, branch.health):
        table.clear()
    for paired in event.devices:
        device = Device(
            device_id=paired.device_id,
            name=paired.name,
            functions=paired.functions,
            pairing="paired",
            public_key=paired.public_key,
            since_at=event.at,
        )
        _keep_device(branch, device)


def close_day(branch: Branch) -> None:
    """End the day; its visits stay known until the next one opens."""
    branch.day_open = False


def stop_hall(branch: Branch, event: e.HallStopped) -> None:
    """Let the hall stand still, and everybody be told this."""
    branch.stopped = event


def resume_hall(branch: Branch, event: e.HallResumed) -> None:
    """Let the hall go on, and remember how long it stood."""
    assert branch.stopped is not None, "only a hall that was stopped goes on"
    branch.stops.append((branch.stopped.since_at or branch.stopped.at, event.at))
    branch.stopped = None


def announce_device(branch: Branch, event: e.DeviceCreated) -> None:
    """Expect a device; an older code of the same device is void."""
    _forget_pairings(branch, event.device_id)
    device = Device(
        device_id=event.device_id,
        name=event.name,
        functions=event.functions,
        pairing="expected",
        since_at=event.at,
    )
    _keep_device(branch, device)
    branch.pairings[event.pairing_name] = Pairing(
        device_id=event.device_id, secret_hash=event.secret_hash, expires_at=event.expires_at
    )


def count_pairing_try(branch: Branch, event: e.PairingFailed) -> None:
    """Count a wrong code."""
    for pairing in branch.pairings.values():
        if pairing.device_id == event.device_id:
            pairing.tries = event.tries


def pair_device(branch: Branch, event: e.DevicePaired) -> None:
    """Know the device by its key from now on."""
    _forget_pairings(branch, event.device_id)
    device = Device(
        device_id=event.device_id,
        name=event.name,
        functions=event.functions,
        pairing="paired",
        public_key=event.public_key,
        since_at=event.at,
    )
    _keep_device(branch, device)


def revoke_device(branch: Branch, event: e.DeviceRevoked) -> None:
    """Shut the device out; it stays in the list, so that everyone sees that it is out."""
    _forget_pairings(branch, event.device_id)
    device = branch.devices[event.device_id]
    branch.device_by_key.pop(device.public_key, None)
    device.public_key = ""
    device.pairing = "revoked"
    device.since_at = event.at


def place_function(branch: Branch, event: e.FunctionPlaced) -> None:
    """Let a function stand where it stands now."""
    device = branch.devices[event.device_id]
    device.functions = tuple(
        msgspec.structs.replace(one, counter_id=event.counter_id, zone_id=event.zone_id, near_clerk=event.near_clerk)
        if one.function_id == event.function_id
        else one
        for one in device.functions
    )


def report_device(branch: Branch, event: e.DeviceReported) -> None:
    """Keep what the device said of itself; another detail of the same trouble does not begin it anew."""
    before = branch.health.get(event.function_id)
    since_at = event.since_at or event.at
    if before is not None and (before.state, before.reason) == (event.state, event.reason):
        since_at = before.since_at
    branch.health[event.function_id] = Health(event.state, event.reason, event.detail, since_at)


def answer_help(branch: Branch, event: e.HelpAnswered) -> None:
    """The call for help is answered, and by whom."""
    branch.health[event.function_id] = Health("degraded", HELP_ANSWERED, event.clerk_id, event.at)


def note_counter_help(branch: Branch, event: e.CounterHelpCalled | e.CounterHelpAnswered | e.CounterHelpEnded) -> None:
    """Keep the call for help of a counter, and who goes."""
    counter = branch.counters[event.counter_id]
    match event:
        case e.CounterHelpCalled():
            counter.help = HelpWanted(to=event.to, to_counter_id=event.to_counter_id, since_at=event.at)
        case e.CounterHelpAnswered():
            assert counter.help is not None, f"{event.counter_id} did not call"
            counter.help = msgspec.structs.replace(counter.help, answered_by=event.by_clerk_id)
        case e.CounterHelpEnded():
            counter.help = None


def sign_in(branch: Branch, event: e.ClerkSignedIn) -> None:
    """Put the clerk at the counter, to serve by the work profile."""
    counter = branch.counters[event.counter_id]
    counter.clerk_id = event.clerk_id
    counter.work_profile_id = event.work_profile_id
    counter.since_at = event.at
    branch.counter_by_clerk[event.clerk_id] = event.counter_id
    here = branch.worked_at.get(event.counter_id, ())
    branch.worked_at[event.counter_id] = tuple(dict.fromkeys((*here, event.clerk_id)))


def sign_out(branch: Branch, event: e.ClerkSignedOut) -> None:
    """Let the clerk leave; a counter without a clerk is closed and goes back to its usual work profile."""
    counter = branch.counters[event.counter_id]
    counter.clerk_id = ""
    counter.help = None
    counter.work_profile_id = branch.hall.counters[event.counter_id].work_profile_id
    _set(counter, "closed", "", event)
    branch.counter_by_clerk.pop(event.clerk_id, None)


def set_counter(branch: Branch, event: e.CounterOpened | e.CounterPaused | e.CounterClosed) -> None:
    """Open, pause or close the counter."""
    reason = event.reason if isinstance(event, e.CounterPaused) else ""
    _set(branch.counters[event.counter_id], _COUNTER_STATES[type(event)], reason, event)


def _set(counter: CounterToday, state: CounterState, reason: str, event: e.CounterEvent) -> None:
    if counter.state == "open" != state and counter.opened_at is not None:
        counter.worked.append((counter.opened_at, event.at))
    if state == "open" != counter.state:
        counter.opened_at = event.at
    counter.state = state
    counter.pause_reason = reason
    counter.since_at = event.at


def _keep_device(branch: Branch, device: Device) -> None:
    known = branch.devices.get(device.device_id)
    if known is not None:
        branch.device_by_key.pop(known.public_key, None)
        for function in known.functions:
            branch.device_by_function.pop(function.function_id, None)
            if function.function_id not in {new.function_id for new in device.functions}:
                branch.health.pop(function.function_id, None)
    branch.devices[device.device_id] = device
    if device.public_key:
        branch.device_by_key[device.public_key] = device.device_id
    for function in device.functions:
        branch.device_by_function[function.function_id] = device.device_id


def _forget_pairings(branch: Branch, device_id: str) -> None:
    for name in [name for name, pairing in branch.pairings.items() if pairing.device_id == device_id]:
        del branch.pairings[name]
