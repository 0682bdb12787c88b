"""Decisions about devices: announced by a technician, paired by a code, heard of, shut out.

The code has two public characters, which name the pairing, and six secret ones, of which only a salted hash is kept.
Five wrong secrets or ten minutes make it void, so a guess succeeds with a chance of about five in a thousand million.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.commands import FunctionDescription
from queue_server.core.counters import need_reason
from queue_server.core.refusals import Refusal
from queue_server.core.request import Actor, Request
from queue_server.core.state import HELP_CALLED, Branch, Device, Health, Pairing
from queue_server.core.tickets import Events

PAIRING_NAME_LENGTH: Final = 2
PAIRING_LIFE: Final = timedelta(minutes=10)
PAIRING_TRIES: Final = 5
DEVICES_AT_MOST: Final = 256


def create_device(branch: Branch, request: Request, command: c.CreateDevice, at: datetime) -> Events:
    """Announce a device under a fresh code; one that was never paired, or was revoked, may be announced again."""
    known = branch.devices.get(command.device_id)
    if known is not None and known.pairing == "paired":
        raise Refusal("device_exists", device_id=command.device_id)
    if known is None and len(branch.devices) >= DEVICES_AT_MOST:
        raise Refusal("too_many_devices", limit=str(DEVICES_AT_MOST))
    seen: set[str] = set()
    for function in command.functions:
        owner = branch.device_by_function.get(function.function_id, command.device_id)
        if function.function_id in seen or owner != command.device_id:
            raise Refusal("function_exists", function_id=function.function_id)
        seen.add(function.function_id)
        _check_place(branch, function)
    code = request.facts.pairing_code
    assert len(code) > PAIRING_NAME_LENGTH, "the handler draws the code"
    name, secret = code[:PAIRING_NAME_LENGTH], code[PAIRING_NAME_LENGTH:]
    rival = branch.pairings.get(name)
    if rival is not None and rival.device_id != command.device_id and rival.expires_at > at:
        raise Refusal("pairing_name_taken")
    return (
        e.DeviceCreated(
            at=at,
            device_id=command.device_id,
            name=command.name,
            functions=command.functions,
            pairing_name=name,
            secret_hash=_salted(request.facts.pairing_salt, secret),
            expires_at=at + PAIRING_LIFE,
        ),
    )


def pair(branch: Branch, request: Request, command: c.Pair, at: datetime) -> Events:
    """Let a device in that shows the right code; count a wrong one, whose reply is a refusal all the same."""
    public_key = request.facts.public_key
    assert public_key, "the connection's own key comes with the request"
    pairing = branch.pairings.get(command.code[:PAIRING_NAME_LENGTH])
    if pairing is None:
        return _paired_before(branch, public_key)
    device = branch.devices[pairing.device_id]
    if at >= pairing.expires_at or pairing.tries >= PAIRING_TRIES:
        raise Refusal("pairing_refused")
    if not _matches(pairing, command.code[PAIRING_NAME_LENGTH:]):
        return (e.PairingFailed(at=at, device_id=device.device_id, tries=pairing.tries + 1),)
    if public_key in branch.device_by_key:
        raise Refusal("device_exists", device_id=branch.device_by_key[public_key])
    return (
        e.DevicePaired(
            at=at,
            device_id=device.device_id,
            name=device.name,
            public_key=public_key,
            functions=device.functions,
        ),
    )


def revoke_device(branch: Branch, request: Request, command: c.RevokeDevice, at: datetime) -> Events:
    """Shut a device out, but never the last one that could let another in; again changes nothing."""
    del request
    device = _device(branch, command.device_id)
    need_reason(branch, command.reason, "revoke")
    if device.pairing == "revoked":
        return ()
    technicians = [other for other in branch.devices.values() if other.pairing == "paired" and _is_technicians(other)]
    if technicians == [device]:
        raise Refusal("last_technician")
    return (e.DeviceRevoked(at=at, device_id=device.device_id, reason=command.reason),)


def place_function(branch: Branch, request: Request, command: c.PlaceFunction, at: datetime) -> Events:
    """Give a function another counter or zone; where it stands already, nothing happens."""
    del request
    device = _device(branch, branch.device_by_function.get(command.placed_function_id, ""))
    if device.pairing == "revoked":
        raise Refusal("unknown_device")
    before = next(one for one in device.functions if one.function_id == command.placed_function_id)
    after = msgspec.structs.replace(
        before, counter_id=command.counter_id, zone_id=command.zone_id, near_clerk=command.near_clerk
    )
    _check_place(branch, after)
    if after == before:
        return ()
    return (
        e.FunctionPlaced(
            at=at,
            device_id=device.device_id,
            function_id=command.placed_function_id,
            counter_id=command.counter_id,
            zone_id=command.zone_id,
            near_clerk=command.near_clerk,
        ),
    )


def device_meant(branch: Branch, actor: Actor, command: c.Asked) -> str:
    """Give the id of the device that asks, or that is asked about; empty for one that is not known."""
    match command:
        case c.Attend():
            return actor.device_id
        case c.FindDevice():
            return command.device_id if command.device_id in branch.devices else ""
        case c.TryFunction():
            return branch.device_by_function.get(command.tried_function_id, "")


def check_asked(branch: Branch, command: c.Asked) -> None:
    """Refuse what is asked about a device that is not there; only a paired one can try something."""
    match command:
        case c.Attend():
            pass
        case c.FindDevice():
            _device(branch, command.device_id)
        case c.TryFunction():
            device = _device(branch, branch.device_by_function.get(command.tried_function_id, ""))
            if device.pairing != "paired":
                raise Refusal("unknown_device")


def about_device(branch: Branch, request: Request, command: c.Asked) -> v.Attended | v.DeviceFound | v.Done:
    """Answer a device that attends, and a technician who asks about one."""
    told = request.facts.attendance
    match command:
        case c.Attend():
            return v.Attended(functions=branch.devices[request.actor.device_id].functions, trials=told.due)
        case c.TryFunction():
            return v.Done()
        case c.FindDevice():
            device = branch.devices[command.device_id]
            return v.DeviceFound(
                device_id=device.device_id,
                name=device.name,
                pairing=device.pairing,
                since_at=device.since_at,
                functions=device.functions,
                heard_at=told.heard_at,
                silences=told.silences,
                about=told.about,
                told_at=told.told_at,
                clock_offset_s=told.clock_offset_s,
                trials=told.trials,
            )


def report_device(branch: Branch, request: Request, command: c.ReportDevice, at: datetime) -> Events:
    """Note the health of a function's device when it changes."""
    device_id = branch.device_by_function.get(command.function_id)
    if device_id is None:
        raise Refusal("unknown_function", function_id=command.function_id)
    assert request.actor.origin == "loop" or device_id == request.actor.device_id, "the actor owns the function"
    known = branch.health.get(command.function_id)
    told = Health(command.state, command.reason, command.detail, at)
    if known is not None and (known.state, known.reason, known.detail) == (told.state, told.reason, told.detail):
        return ()
    return (
        e.DeviceReported(
            at=at,
            device_id=device_id,
            function_id=command.function_id,
            state=command.state,
            reason=command.reason,
            detail=command.detail,
        ),
    )


def answer_help(branch: Branch, request: Request, command: c.AnswerHelp, at: datetime) -> Events:
    """Note who goes to a kiosk that called for help; nothing when the call is over or somebody else was quicker."""
    device_id = branch.device_by_function.get(command.kiosk_function_id)
    if device_id is None:
        raise Refusal("unknown_function", function_id=command.kiosk_function_id)
    health = branch.health.get(command.kiosk_function_id)
    if health is None or health.reason != HELP_CALLED:
        return ()
    return (
        e.HelpAnswered(
            at=at, device_id=device_id, function_id=command.kiosk_function_id, clerk_id=request.actor.clerk_id
        ),
    )


def _paired_before(branch: Branch, public_key: str) -> Events:
    """Say yes once more to a device whose first answer was lost; anyone else has no pairing under this name."""
    device = branch.devices.get(branch.device_by_key.get(public_key, ""))
    if device is None or device.pairing != "paired":
        raise Refusal("pairing_refused")
    return ()


def _is_technicians(device: Device) -> bool:
    return any(function.kind == "technician" for function in device.functions)


def _check_place(branch: Branch, function: FunctionDescription) -> None:
    if function.counter_id and function.counter_id not in branch.hall.counters:
        raise Refusal("unknown_counter", counter_id=function.counter_id)
    if function.zone_id and function.zone_id not in branch.hall.zones:
        raise Refusal("unknown_zone", zone_id=function.zone_id)


def _device(branch: Branch, device_id: str) -> Device:
    device = branch.devices.get(device_id)
    if device is None:
        raise Refusal("unknown_device")
    return device


def _salted(salt: str, secret: str) -> str:
    return f"{salt}${hashlib.sha256(f'{salt}{secret}'.encode()).hexdigest()}"


def _matches(pairing: Pairing, secret: str) -> bool:
    salt, _, _ = pairing.secret_hash.partition("$")
    return hmac.compare_digest(pairing.secret_hash, _salted(salt, secret))
