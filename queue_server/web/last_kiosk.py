"""The kiosk that this tablet used last: whoever carries it stands near that one again."""

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from queue_server.web.shared import parts

KIOSK_COOKIE: Final = "motcua-kiosk"
_YEAR_S: Final = 31_536_000


def last_kiosk() -> str:
    """Give its function, as the browser tells it; empty for none. It only chooses a line in a list."""
    return request.cookies.get(_name(), "")


def remember_kiosk(response: Response, function_id: str) -> None:
    """Have the browser remember the kiosk."""
    secure = parts().guard.behind_tls
    response.set_cookie(_name(), function_id, max_age=_YEAR_S, httponly=True, secure=secure, samesite="Strict")


def _name() -> str:
    return f"__Host-{KIOSK_COOKIE}" if parts().guard.behind_tls else KIOSK_COOKIE
