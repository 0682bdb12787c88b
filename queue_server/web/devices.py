"""The routes of technicians: the devices and their health, a new device and its pairing code, shutting one out."""

from functools import partial
from typing import Final, get_args
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import clock
from protocol.commands import CreateDevice, FunctionDescription, RevokeDevice
from protocol.keys import PairingString
from protocol.link import new_id
from protocol.views import AnyReply, DeviceCreatedReply, DevicesView, HallView
from queue_server.web.asking import answered
from queue_server.web.devices_page import devices_page
from queue_server.web.live import LivePage
from queue_server.web.shared import (
    Scene,
    has_room_for_page,
    live_response,
    parts,
    person,
    too_many_pages,
    words,
)

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

devices = Blueprint("devices", __name__, url_prefix="/devices")

KINDS: Final[tuple[str, ...]] = get_args(FunctionDescription.__annotations__["kind"])


@devices.get("/", endpoint="devices")
def show() -> str | Response:
    """Show the devices."""
    return _page() if has_room_for_page() else too_many_pages()


@devices.get("/live")
def live() -> Response:
    """Keep the list live."""
    spoken = words()
    page = LivePage(
        topics=("devices", "hall"),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
        full_sentence=spoken("staff.too_many_pages"),
    )
    return live_response(page)


@devices.post("/")
def create() -> str | Response:
    """Announce a device and show its pairing code, this once."""
    form = request.form
    function = FunctionDescription(
        function_id=form.get("function_id", "").strip(),
        kind=form.get("kind", ""),  # type: ignore[arg-type]  # Checked with all the rest when the command is read.
        counter_id=form.get("counter_id", ""),
        zone_id=form.get("zone_id", "").strip(),
        address=form.get("address", "").strip(),
        near_clerk="near_clerk" in form,
    )
    reply = answered(
        CreateDevice(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            device_id=form.get("device_id", "").strip(),
            name=form.get("name", "").strip(),
            functions=(function,),
        ),
        request_id=request.form.get("request_id", ""),
        wrong_form="devices.wrong_form",
        unknown="devices.unknown_result",
    )
    if isinstance(reply, DeviceCreatedReply):
        return _page(created=reply)
    return Response(_page(sentence=reply), 409)


@devices.post("/<device_id>/revoke")
def revoke(device_id: str) -> AnyResponse:
    """Shut a device out."""
    reply = answered(
        RevokeDevice(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            device_id=device_id,
        )
    )
    if isinstance(reply, str):
        return Response(_page(sentence=reply), 409)
    return redirect(url_for("devices.devices"))


def _page(*, created: DeviceCreatedReply | None = None, sentence: AnyReply | str = "") -> str:
    shared, spoken = parts(), words()
    view = shared.hall.view("hall", HallView)
    until = clock(spoken, created.expires_at, view.utc_offset_s) if created and view else ""
    return render_template(
        "devices.html",
        regions=_regions(Scene.of_request()) or {},
        created=created,
        pairing=_pairing_string(created.code) if created else "",
        valid_until=until,
        sentence=sentence if isinstance(sentence, str) else "",
        kinds=KINDS,
        counters=view.counters if view else (),
        request_id=new_id(),
        form=request.form if not created else {},
    )


def _pairing_string(code: str) -> str:
    """Give the whole string that a device is shown; empty while these pages do not know where the server is.

    These pages usually stand on the server's own machine and reach it by a name that only holds there. Then the device
    is told the name by which the technician's browser has come here, which is one of the same machine.
    """
    settings = parts().link
    if settings is None:
        return ""
    pairing = PairingString.to_reach(settings, code)
    if pairing.host in LOOPBACK:
        named = urlsplit(request.host_url).hostname or ""
        pairing = PairingString.to_reach(settings, code, named)
    return str(pairing)


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view, hall_view = hall.view("devices", DevicesView), hall.view("hall", HallView)
    if view is None or hall_view is None:
        return None
    page = devices_page(view, hall_view, scene.parts.accounts.names(), scene.words, hall.now())
    return {"devices": scene.region("devices/list.html", page)}
