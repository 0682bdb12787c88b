"""Who may open which door: the table staff role x route. A route that stands in no row is open to nobody.

What a person may *do* is decided by the queue server (`protocol.roles`); this table decides which pages they see.
"""

from typing import Final

from queue_server.web.accounts import ROLES, Role

EVERYBODY: Final = "everybody"
"""Stands for people who have not signed in, too."""

_ALL: Final[frozenset[Role]] = frozenset(ROLES)
_CLERK: Final[frozenset[Role]] = frozenset({"clerk"})
_TECHNICIAN: Final[frozenset[Role]] = frozenset({"technician"})
_RESULTS: Final[frozenset[Role]] = frozenset({"manager", "inspector"})
_IN_CHARGE: Final[frozenset[Role]] = frozenset({"technician", "manager"})
_OVERVIEW: Final[frozenset[Role]] = frozenset({"technician", "manager", "inspector"})

DOORS: Final[dict[str, frozenset[Role] | str]] = {
    "static": EVERYBODY,
    "entry.look": EVERYBODY,
    "entry.font": EVERYBODY,
    "entry.login": EVERYBODY,
    "entry.log_in": EVERYBODY,
    "entry.choose_language": EVERYBODY,
    "entry.start": _ALL,
    "entry.log_out": _ALL,
    "entry.password": _ALL,
    "entry.change_password": _ALL,
    "counter.choose": _CLERK,
    "counter.sign_in": _CLERK,
    "counter.console": _CLERK,
    "counter.command": _CLERK,
    "counter.live": _CLERK,
    "overview.hall": _OVERVIEW,
    "overview.live": _OVERVIEW,
    "overview.release": _IN_CHARGE,
    "overview.answer_help": _IN_CHARGE,
    "reports.day": _RESULTS,
    "reports.day_as_csv": _RESULTS,
    "devices.devices": _TECHNICIAN,
    "devices.live": _TECHNICIAN,
    "devices.create": _TECHNICIAN,
    "devices.revoke": _TECHNICIAN,
}
"""Endpoint -> the staff roles that may use it."""

OPEN_WITH_ONE_TIME_PASSWORD: Final = frozenset({"entry.password", "entry.change_password", "entry.log_out"})
"""What a person may do before they have chosen a password of their own."""

START: Final[dict[Role, str]] = {
    "clerk": "counter.choose",
    "technician": "devices.devices",
    "manager": "overview.hall",
    "inspector": "overview.hall",
}
"""Where a person of each role begins."""


def may_open(endpoint: str, staff_role: Role | None) -> bool:
    """Tell whether a person of this role (`None`: nobody we know) may use this endpoint."""
    door = DOORS.get(endpoint, frozenset())
    return door == EVERYBODY or (staff_role is not None and staff_role in door)
