"""The routes of technicians: the devices and their health, a new device and its pairing code, shutting one out."""

from functools import partial
from typing import Final, NamedTuple, get_args
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from presentation.formats import clock
from protocol.commands import CreateDevice, FunctionDescription, RevokeDevice
from protocol.keys import only_here
from protocol.views import AnyReply, DeviceCreatedReply, DevicesView, HallView
from queue_server.web.asking import Noted, answered, sent_id
from queue_server.web.backups_page import trouble_sentences
from queue_server.web.devices_page import counter_name, devices_page
from queue_server.web.live import LivePage
from queue_server.web.pairing_line import WITH_WIRES, host_for_devices, pairing_command, start_command
from queue_server.web.revoking import Revoking, revoking
from queue_server.web.shared import Scene, live_response, parts, person, words

devices = Blueprint("devices", __name__, url_prefix="/devices")

KINDS: Final[tuple[str, ...]] = get_args(FunctionDescription.__annotations__["kind"])


@devices.get("/", endpoint="devices")
def show() -> str | Response:
    """Show the devices."""
    return _page()


@devices.get("/live")
def live() -> Response:
    """Keep the list live."""
    spoken = words()
    page = LivePage(
        topics=("devices", "hall"),
        regions=partial(_regions, Scene.of_request()),
        gone_sentence=spoken("staff.link_lost"),
        over_sentence=spoken("login.expired"),
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
        sent_id(),
        wrong_form="devices.wrong_form",
        noted=Noted("device_created", form.get("device_id", "").strip()),
    )
    if isinstance(reply, DeviceCreatedReply):
        return _page(created=reply)
    return Response(_page(sentence=reply), 409)


@devices.post("/<device_id>/revoke")
def revoke(device_id: str) -> AnyResponse:
    """Shut a device out, but never these pages themselves: nobody could mend that from here."""
    if parts().hall.view("devices", DevicesView) is None:
        return Response(_page(sentence=words()("error.link_gone")), 503)
    seen = revoking_now(Scene.of_request(), device_id)
    if seen and seen.refused:
        return Response(_page(sentence=" ".join(part for part in (seen.refused, seen.command) if part)), 409)
    reply = answered(
        RevokeDevice(
            function_id=parts().hall.function_id or "unknown",
            staff_role=person().staff_role,
            device_id=device_id,
        ),
        sent_id(),
        noted=Noted("device_revoked", device_id),
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
        reached=_reached(),
        pairing=_pairing(created.code, request.form.get("kind", "")) if created else None,
        valid_until=until,
        sentence=sentence if isinstance(sentence, str) else "",
        kinds=KINDS,
        counters=view.counters if view else (),
        form=request.form if not created else {},
        backup_troubles=trouble_sentences(shared.backups.shelf(), spoken),
    )


class Reached(NamedTuple):
    """The host by which devices are told to reach the server, and whether it means this machine on each machine."""

    host: str
    only_here: bool


def _reached() -> Reached | None:
    """Tell how devices will reach the server; None while these pages do not know where it is."""
    shared = parts()
    if shared.link is None:
        return None
    host = host_for_devices(shared.link, shared.known_as, urlsplit(request.host_url).hostname or "")
    return Reached(host, only_here(host))


class Pairing(NamedTuple):
    """What is typed on the new device, and then to start its program."""

    command: str
    start: str
    has_wires: bool


def _pairing(code: str, kind: str) -> Pairing | None:
    reached, settings = _reached(), parts().link
    if reached is None or settings is None:
        return None
    start = start_command(kind)
    return Pairing(pairing_command(settings, code, reached.host, kind), start, start.endswith(WITH_WIRES))


def _regions(scene: Scene) -> dict[str, str] | None:
    hall = scene.parts.hall
    view, hall_view = hall.view("devices", DevicesView), hall.view("hall", HallView)
    if view is None or hall_view is None:
        return None
    page = devices_page(view, hall_view, scene.parts.accounts.names(), scene.words, hall.now())
    return {"devices": scene.region("devices/list.html", page)}


def revoking_now(scene: Scene, device_id: str) -> Revoking | None:
    """Tell what stops when a device is revoked, and whether it may be from here; None where nothing would stop."""
    hall = scene.parts.hall
    view, hall_view = hall.view("devices", DevicesView), hall.view("hall", HallView)
    named = partial(counter_name, hall_view, words=scene.words)
    return revoking(device_id, view.lines if view else (), named, hall.function_id, scene.words)
