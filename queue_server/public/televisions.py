"""The routes of the hall board for a smart television's browser, and of the sound of its calls."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, abort, render_template, request, url_for

from presentation.texts import name_in
from protocol.views import BoardView
from queue_server.public.board_picture import board_picture
from queue_server.public.boards import WHOLE_HALL
from queue_server.public.shared import YEAR_S, file_address, page, parts, unchanged_or, words

televisions = Blueprint("televisions", __name__, url_prefix="/board")

FONTS = Path(str(files("fontpkg_be_vietnam_pro") / "files"))
FONT_WEIGHTS = frozenset({"Medium", "SemiBold", "Bold"})


@televisions.get("/")
def boards() -> Response:
    """Let choose a zone, in a hall that has several; the board of the whole hall comes first."""
    spoken = words()
    zones = [(zone_id, _zone_name(zone_id, spoken.language)) for zone_id in parts().boards.zone_ids]
    return page("boards.html", spoken, zones=zones if len(zones) > 1 else [])


@televisions.get("/hall")
@televisions.get("/zone/<zone_id>")
def board(zone_id: str = WHOLE_HALL) -> Response:
    """Show the board, in the hall's languages by turns; `?lang=en` keeps it to one of them."""
    own, texts = parts().boards.shown(zone_id), parts().texts
    if own is None:
        abort(404)
    language = request.args.get("lang", "")
    picture = board_picture(own.scene, own.turn, texts, language)
    languages = own.scene.languages
    return Response(
        render_template(
            "board.html",
            board=picture,
            now_at=url_for("televisions.now", zone=zone_id, lang=language),
            file=file_address,
            has_voice=parts().boards.has_voice,
            sound_on=texts.together("public.sound_on", languages),
            out_of_service=[texts("board.out_of_service", one) for one in languages],
            out_of_service_hint=[texts("board.out_of_service_hint", one) for one in languages],
            words=texts.words(picture.language),
        )
    )


@televisions.get("/now")
def now() -> Response:
    """Give what the board shows now; 304 while it is what the television shows."""
    zone_id = request.args.get("zone", WHOLE_HALL)
    own = parts().boards.shown(zone_id)
    if own is None:
        return Response(status=404, mimetype="text/plain")
    picture = board_picture(own.scene, own.turn, parts().texts, request.args.get("lang", ""))
    shown = render_template("board_now.html", board=picture, words=parts().texts.words(picture.language))
    response = Response(shown)
    if own.sound_id:
        response.headers["X-Sound"] = url_for("televisions.sound", zone=zone_id, sound_id=own.sound_id)
        response.headers["X-Sound-First"] = "yes" if own.is_warning else "no"
    return unchanged_or(response)


@televisions.get("/sounds/<sound_id>.wav")
def sound(sound_id: str) -> Response:
    """Give the sound of a call; in parts, as televisions like to fetch sounds."""
    wav = parts().boards.sound(request.args.get("zone", WHOLE_HALL), sound_id)
    if wav is None:
        return Response(status=404, mimetype="text/plain")
    response = Response(wav, mimetype="audio/wav")
    response.cache_control.max_age = YEAR_S
    return cast("Response", response.make_conditional(request, accept_ranges=True, complete_length=len(wav)))


@televisions.get("/fonts/<weight>.ttf")
def font(weight: str) -> Response:
    """Give one weight of the typeface, for televisions in the hall's own network."""
    if weight not in FONT_WEIGHTS:
        return Response(status=404, mimetype="text/plain")
    response = Response(_typeface(weight), mimetype="font/ttf")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_S
    return response


@cache
def _typeface(weight: str) -> bytes:
    return (FONTS / f"BeVietnamPro-{weight}.ttf").read_bytes()


def _zone_name(zone_id: str, language: str) -> str:
    view = parts().hall.view(f"board/{zone_id}", BoardView)
    return name_in(view.zone_names, language) if view and view.zone_names else zone_id
