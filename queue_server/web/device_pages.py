"""The routes of technicians to one device: its health and what it runs, another place for it, trials."""

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Final, get_args

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from protocol.attending import hash_of, program_version
from protocol.codec import Malformed, decode_command, encode
from protocol.commands import FindDevice, PlaceFunction, TrialKind, TryFunction
from protocol.link import LinkFull, NoAnswer, new_id
from protocol.views import DeviceFound, DevicesView, HallView
from queue_server.web.asking import Noted, answered, sent_id
from queue_server.web.device_page import Around, DevicePage, Ours, device_page
from queue_server.web.devices import revoking_now
from queue_server.web.live import LivePage
from queue_server.web.shared import Scene, live_response, parts, person, words

device_pages = Blueprint("device", __name__, url_prefix="/devices")

FIND_S: Final = 2.0
TRIAL_WAITED_S: Final = 12.5
"""As long as the server waits for a device; a press is answered when the device has answered, or this is over."""
LOOK_EVERY_S: Final = 0.25

KINDS: Final[tuple[TrialKind, ...]] = get_args(TrialKind)


@device_pages.get("/<device_id>")
def show(device_id: str) -> str | Response:
    """Show one device."""
    page, view = _page(device_id), parts().hall.view("devices", DevicesView)
    unknown = view is not None and all(line.device_id != device_id for line in view.lines)
    return Response(page, 404) if unknown else page


@device_pages.get("/<device_id>/live")
def live(device_id: str) -> Response:
    """Keep its page live."""
    spoken = words()
    page = LivePage(
        topics=("devices", "hall"),
        regions=partial(_regions, Scene.of_request(), device_id),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
    )
    return live_response(page)


@device_pages.post("/<device_id>/place")
def place(device_id: str) -> AnyResponse:
    """Give a function of it another place."""
    form = request.form
    reply = answered(
        PlaceFunction(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            placed_function_id=form.get("placed_function_id", ""),
            counter_id=form.get("counter_id", ""),
            zone_id=form.get("zone_id", "").strip(),
            near_clerk="near_clerk" in form,
        ),
        sent_id(),
        noted=Noted("device_placed", _known(device_id)),
    )
    if isinstance(reply, str):
        return Response(_page(device_id, sentence=reply), 409)
    return redirect(url_for("device.show", device_id=device_id))


@device_pages.post("/<device_id>/try")
def try_out(device_id: str) -> AnyResponse:
    """Have a function of it try something, and wait until it is known how that went."""
    form, trial_id = request.form, sent_id()
    kind = form.get("trial", "")
    if kind not in KINDS:
        abort(400)
    reply = answered(
        TryFunction(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            tried_function_id=form.get("tried_function_id", ""),
            trial=kind,
            trial_id=trial_id,
        ),
        trial_id,
        noted=Noted("device_tried", _known(device_id)),
    )
    if isinstance(reply, str):
        return Response(_page(device_id, sentence=reply), 409)
    _await(device_id, trial_id)
    return redirect(url_for("device.show", device_id=device_id))


def _known(device_id: str) -> str:
    """Give the id as it may be noted: what stands in an address need be no device's."""
    view = parts().hall.view("devices", DevicesView)
    return device_id if view and any(line.device_id == device_id for line in view.lines) else ""


def _await(device_id: str, trial_id: str) -> None:
    """Wait for the device, or until it is too late; the page then tells which."""
    shared, until_s = parts(), monotonic() + TRIAL_WAITED_S
    with shared.hall.listening(("devices",)) as listener:
        while monotonic() < until_s and not shared.streams.stopped:
            found = _found(Scene.of_request(), device_id)
            known = next((one for one in found.trials if one.trial_id == trial_id), None) if found else None
            if known is None or known.over or known.result is not None:
                return
            listener.wait(LOOK_EVERY_S)


@dataclass(frozen=True)
class _Choices:
    """What a place can be: the counters and zones of the hall as it is."""

    hall: HallView

    @property
    def zones(self) -> list[str]:
        return sorted({one.zone_id for one in self.hall.counters if one.zone_id})


def _page(device_id: str, sentence: str = "") -> str:
    scene = Scene.of_request()
    regions = _regions(scene, device_id)
    hall = parts().hall.view("hall", HallView)
    page = _device(scene, device_id)
    return render_template(
        "device.html",
        device_id=device_id,
        regions=regions or {},
        page=page,
        revoking=revoking_now(scene, device_id),
        counters=hall.counters if hall else (),
        zones=_Choices(hall).zones if hall else (),
        sentence=sentence,
    )


def _regions(scene: Scene, device_id: str) -> dict[str, str] | None:
    hall = scene.parts.hall
    if hall.view("devices", DevicesView) is None or hall.view("hall", HallView) is None:
        return None
    page = _device(scene, device_id)
    if page is None:
        return {"device": scene.region("devices/unknown.html", device_id)}
    return {"device": scene.region("devices/device.html", page)}


def _device(scene: Scene, device_id: str) -> DevicePage | None:
    hall = scene.parts.hall
    view, hall_view = hall.view("devices", DevicesView), hall.view("hall", HallView)
    found = _found(scene, device_id)
    if view is None or hall_view is None or found is None:
        return None
    ours = Ours(program_version(), hash_of(scene.parts.texts.by_language))
    around = Around(hall_view, scene.parts.accounts.names(), ours, scene.words, hall.now())
    return device_page(found, view.lines, around)


def _found(scene: Scene, device_id: str) -> DeviceFound | None:
    """Ask the server; None when it does not know the device, or does not answer."""
    hall = scene.parts.hall
    command = FindDevice(
        function_id=hall.function_id or "unknown", staff_role=scene.account.staff_role, device_id=device_id
    )
    try:
        # What stands in an address may be no id at all; a struct checks itself only when it is read.
        reply = hall.ask(decode_command(encode(command)), request_id=new_id(), deadline_s=FIND_S)
    except (Malformed, NoAnswer, LinkFull):
        return None
    return reply if isinstance(reply, DeviceFound) else None
