"""How often somebody may try a password or a code, counted by Flask-Limiter.

Few wrong tries for one person from one place, more for a place, more for a person: a person's own limit is the loosest,
so that nobody can lock a colleague out by typing nonsense at another computer within the first tries. A wrong try is
counted once it is known to be wrong; so that many at once cannot slip past while none is known yet, tries of any
outcome have a limit of their own.
"""

import time
from typing import Any, Final

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, Limiter
from flask_login import current_user
from limits.strategies import RateLimiter

from queue_server.bounded_storage import REMEMBERED, BoundedStorage

__all__ = ["REMEMBERED", "BoundedStorage", "Tries"]
"""The storage registers itself by its scheme, `bounded://`."""

SPAN_S: Final = 900
TRIES_TOGETHER: Final = 5
TRIES_OF_ADDRESS: Final = 30
TRIES_OF_PERSON: Final = 25
AT_ONCE: Final = 20
"""Tries of any outcome within a minute, for one person from one place."""

TRYING: Final = frozenset(
    {
        "entry.log_in",
        "entry.check_code",
        "account.change_password",
        "account.confirm_second_factor",
        "voice_desk.follow",
    }
)
"""Where a secret is tried."""


class Tries:
    """The limits around every door where a secret is tried."""

    def __init__(self) -> None:
        self._limiter = Limiter(
            key_func=_address,
            storage_uri="bounded://",
            strategy="moving-window",
            application_limits=[
                _limit(TRIES_TOGETHER, SPAN_S, _together, deduct_when=_was_wrong),
                _limit(TRIES_OF_ADDRESS, SPAN_S, _address, deduct_when=_was_wrong),
                _limit(TRIES_OF_PERSON, SPAN_S, _person, deduct_when=_was_wrong),
                _limit(AT_ONCE, 60, _together),
            ],
        )

    @property
    def limiter(self) -> RateLimiter:
        """What counts, once it is installed."""
        return self._limiter.limiter

    def install(self, app: Flask) -> None:
        """Put the limits around the requests of an application."""
        self._limiter.init_app(app)

    def wait_s(self) -> int:
        """Tell how long whoever was just refused has to wait."""
        waits = [limit.reset_at - time.monotonic() for limit in self._limiter.current_limits if limit.breached]
        return min(SPAN_S, max(1, round(max(waits, default=0))))  # The library adds up to two seconds.

    def right(self) -> None:
        """Forget the wrong tries of this person from this place; those of the place and of the person stay."""
        for used in self._limiter.current_limits:
            if used.limit.amount == TRIES_TOGETHER:
                self.limiter.clear(used.limit, *used.request_args)


def wrong() -> None:
    """Count the present request as a wrong try."""
    g.wrong_try = True


def tried_name() -> str:
    """Give who is meant: the person who is signed in, or the name that was typed."""
    if current_user.is_authenticated:
        name: str = current_user.account.clerk_id
        return name
    return request.form.get("username", "").strip()[:64]


def _limit(count: int, span_s: int, key: Any, **more: Any) -> ApplicationLimit:
    return ApplicationLimit(
        f"{count} per {span_s} seconds", key_function=key, methods=["POST"], exempt_when=_no_try, **more
    )


def _no_try() -> bool:
    return request.endpoint not in TRYING


def _was_wrong(_: Response) -> bool:
    return bool(g.get("wrong_try"))


def _address() -> str:
    return f"address {request.remote_addr}"


def _person() -> str:
    return f"person {tried_name()}"


def _together() -> str:
    return f"{tried_name()} at {request.remote_addr}"
