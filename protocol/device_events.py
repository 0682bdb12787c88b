"""What happened to devices."""

from protocol.commands import DeviceState, FunctionDescription
from protocol.event_parts import Event
from protocol.message import Code, Identifier, Instant, OptionalIdentifier


class DeviceCreated(Event, frozen=True, kw_only=True):
    """A technician announced a device. Of the pairing code only its 2 public characters and a salted hash are kept."""

    device_id: Identifier
    name: str
    functions: tuple[FunctionDescription, ...]
    pairing_name: str
    secret_hash: str
    expires_at: Instant


class PairingFailed(Event, frozen=True, kw_only=True):
    """A wrong code was tried on a pairing; after five the pairing is void."""

    device_id: Identifier
    tries: int


class DevicePaired(Event, frozen=True, kw_only=True):
    """A device showed the right code; from now on its key is the device."""

    device_id: Identifier
    name: str
    public_key: str
    functions: tuple[FunctionDescription, ...]


class DeviceRevoked(Event, frozen=True, kw_only=True):
    """The device is shut out."""

    device_id: Identifier
    reason: Code = ""


class DeviceReported(Event, frozen=True, kw_only=True):
    """The health of a function's device changed."""

    device_id: Identifier
    function_id: Identifier
    state: DeviceState
    reason: Code = ""
    detail: str = ""
    since_at: Instant | None = None
    """When it became so, where that was before ``at``: a day opens with what is still true of the last."""


class HelpAnswered(Event, frozen=True, kw_only=True):
    """Somebody goes to the kiosk whose citizen called for help."""

    device_id: Identifier
    function_id: Identifier
    clerk_id: OptionalIdentifier = ""


class FunctionPlaced(Event, frozen=True, kw_only=True):
    """A function of a device stands at another counter or in another zone from now on."""

    device_id: Identifier
    function_id: Identifier
    counter_id: OptionalIdentifier = ""
    zone_id: OptionalIdentifier = ""
    near_clerk: bool = False
