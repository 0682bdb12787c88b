"""Who may open which door: the table staff role x route. A route that stands in no row is open to nobody.

What a person may *do* is decided by the queue server (`protocol.roles`); this table decides which pages they see.
"""

from typing import Final, Literal

from queue_server.web.accounts import NEEDS_SECOND_FACTOR, ROLES, Role
from queue_server.web.sessions import Session

EVERYBODY: Final = "everybody"
"""Stands for people who have not signed in, too."""

_ALL: Final[frozenset[Role]] = frozenset(ROLES)
_CLERK: Final[frozenset[Role]] = frozenset({"clerk"})
_TECHNICIAN: Final[frozenset[Role]] = frozenset({"technician"})
_RESULTS: Final[frozenset[Role]] = frozenset({"manager", "inspector"})
_USHER: Final[frozenset[Role]] = frozenset({"usher"})
_MANAGER: Final[frozenset[Role]] = frozenset({"manager"})
_VOICES: Final[frozenset[Role]] = frozenset({"clerk", "usher", "manager", "inspector"})
_ANSWERING: Final[frozenset[Role]] = _VOICES - {"inspector"}
_BALLOTS: Final[frozenset[Role]] = frozenset({"manager", "usher"})
_IN_CHARGE: Final[frozenset[Role]] = frozenset({"technician", "manager"})
_OVERVIEW: Final[frozenset[Role]] = frozenset({"technician", "manager", "inspector"})
_KEEPING: Final[frozenset[Role]] = frozenset({"technician", "inspector"})
"""What technicians do and inspectors look at: the pages are the same, without any form."""

DOORS: Final[dict[str, frozenset[Role] | str]] = {
    "static": EVERYBODY,
    "entry.look": EVERYBODY,
    "entry.font": EVERYBODY,
    "entry.login": EVERYBODY,
    "entry.log_in": EVERYBODY,
    "entry.choose_language": EVERYBODY,
    "entry.start": _ALL,
    "entry.log_out": _ALL,
    "entry.code": _ALL,
    "entry.check_code": _ALL,
    "account.account": _ALL,
    "account.password": _ALL,
    "account.change_password": _ALL,
    "account.second_factor": _ALL,
    "account.confirm_second_factor": _ALL,
    "account.end_session": _ALL,
    "account.end_other_sessions": _ALL,
    "counter.choose": _CLERK,
    "counter.sign_in": _CLERK,
    "counter.console": _CLERK,
    "counter.command": _CLERK,
    "counter.live": _CLERK,
    "overview.hall": _OVERVIEW,
    "overview.live": _OVERVIEW,
    "overview.release": _IN_CHARGE,
    "overview.answer_help": _IN_CHARGE,
    "waiting.paper": _OVERVIEW | _USHER,
    "usher.hall": _USHER,
    "usher.live": _USHER,
    "usher.give": _USHER,
    "usher.visit": _USHER,
    "usher.mend": _USHER,
    "usher.cancel": _USHER,
    "usher.answer_help": _USHER,
    "usher_prints.order": _USHER,
    "usher_prints.live": _USHER,
    "stopping.page": _OVERVIEW,
    "stopping.live": _OVERVIEW,
    "stopping.confirm": _IN_CHARGE,
    "stopping.stop": _IN_CHARGE,
    "stopping.resume": _IN_CHARGE,
    "overview.answer_counter_help": _IN_CHARGE,
    "acceptance.wizard": _KEEPING,
    "acceptance.record": _TECHNICIAN,
    "acceptance.sheet": _OVERVIEW,
    "roster.week": _OVERVIEW,
    "roster.add": _IN_CHARGE,
    "roster.change": _IN_CHARGE,
    "roster.copy": _IN_CHARGE,
    "roster.clear": _IN_CHARGE,
    "ballots.home": _RESULTS | _USHER,
    "ballots.sheet": _RESULTS | _USHER,
    "ballots.draw": _BALLOTS,
    "ballots.hand": _BALLOTS,
    "ballots.entry": _BALLOTS,
    "ballots.enter": _BALLOTS,
    "ballots.differences": _RESULTS,
    "ballots.settle": _MANAGER,
    "ballots.void": _MANAGER,
    "ballots.plan": _MANAGER,
    "ballots.end": _MANAGER,
    "alerts.home": _RESULTS,
    "alerts.step": _MANAGER,
    "inquiries.listing": _RESULTS,
    "inquiries.inquiry": _RESULTS,
    "inquiries.go_on": _MANAGER,
    "hearings.own": _CLERK,
    "hearings.speak": _CLERK,
    "voices.home": _VOICES,
    "voices.voice": _VOICES,
    "voices.answer": _ANSWERING,
    "voice_desk.look": _ANSWERING,
    "voice_desk.follow": _ANSWERING,
    "voices.new": _BALLOTS,
    "voices.enter": _BALLOTS,
    "voices.slip": _BALLOTS,
    "voices.assign": _MANAGER,
    "voices.end": _MANAGER,
    "voices.figures": _RESULTS,
    "order.ledger": _RESULTS,
    "order.live": _RESULTS,
    "reports.day": _RESULTS,
    "reports.day_as_csv": _RESULTS,
    "satisfaction.page": _RESULTS,
    "satisfaction.workbook": _RESULTS,
    "satisfaction.table": _RESULTS,
    "figures.history": _RESULTS,
    "figures.table_as_csv": _RESULTS,
    "figures.table_as_xlsx": _RESULTS,
    "figures.month": _RESULTS,
    "figures.month_as_xlsx": _RESULTS,
    "figures.definitions": _RESULTS,
    "months.home": _RESULTS,
    "months.report": _RESULTS,
    "months.close": _MANAGER,
    "months.correct": _MANAGER,
    "months.report_as_xlsx": _RESULTS,
    "months.board": _RESULTS,
    "months.board_as_xlsx": _RESULTS,
    "clerk_months.card": _RESULTS,
    "clerk_months.card_as_xlsx": _RESULTS,
    "clerk_months.own": _CLERK,
    "clerk_months.own_as_xlsx": _CLERK,
    "clerk_months.evaluation": _MANAGER,
    "clerk_months.evaluate": _MANAGER,
    "devices.devices": _KEEPING,
    "devices.live": _KEEPING,
    "devices.create": _TECHNICIAN,
    "devices.revoke": _TECHNICIAN,
    "systems.systems": _KEEPING,
    "systems.add": _TECHNICIAN,
    "systems.system": _KEEPING,
    "systems.make_key": _TECHNICIAN,
    "systems.revoke_key": _TECHNICIAN,
    "systems.set_webhook": _TECHNICIAN,
    "systems.remove_webhook": _TECHNICIAN,
    "systems.send_again": _TECHNICIAN,
    "systems.forget": _TECHNICIAN,
    "device.show": _KEEPING,
    "device.live": _KEEPING,
    "device.place": _TECHNICIAN,
    "device.try_out": _TECHNICIAN,
    "log_search.find": _OVERVIEW,
    "backups.backups": _KEEPING,
    "backups.copy": _TECHNICIAN,
    "backups.test": _TECHNICIAN,
    "editor.home": _KEEPING,
    "editor.text": _KEEPING,
    "editor.save_text": _TECHNICIAN,
    "editor.difference": _KEEPING,
    "editor_files.add_file": _TECHNICIAN,
    "editor_files.remove_file": _TECHNICIAN,
    "editor_forms.part": _KEEPING,
    "editor_forms.save_part": _TECHNICIAN,
    "editor_forms.item": _KEEPING,
    "editor_forms.save_item": _TECHNICIAN,
    "editor_forms.new_item": _TECHNICIAN,
    "editor_forms.add_item": _TECHNICIAN,
    "editor_forms.remove_item": _TECHNICIAN,
    "editor_forms.picture": _KEEPING,
    "editor_versions.publish": _TECHNICIAN,
    "editor_versions.take_back": _TECHNICIAN,
    "editor_versions.versions": _KEEPING,
    "editor_versions.version": _KEEPING,
    "editor_versions.take_version": _TECHNICIAN,
    "editor_versions.take_save": _TECHNICIAN,
    "editor_versions.start_again": _TECHNICIAN,
    "editor_trial.trial": _KEEPING,
    "editor_trial.begin": _TECHNICIAN,
    "editor_trial.stop": _TECHNICIAN,
    "editor_trial.progress": _KEEPING,
    "people.people": _KEEPING,
    "people.add": _TECHNICIAN,
    "people.person": _KEEPING,
    "people.reset_password": _TECHNICIAN,
    "people.remove_second_factor": _TECHNICIAN,
    "people.disable": _TECHNICIAN,
    "people.enable": _TECHNICIAN,
    "people.end_session": _TECHNICIAN,
    "people.changes": _OVERVIEW,
}
"""Endpoint -> the staff roles that may use it."""

Step = Literal["code", "password", "second_factor"]

STEP_PAGE: Final[dict[Step, str]] = {
    "code": "entry.code",
    "password": "account.password",
    "second_factor": "account.second_factor",
}
STEP_DOORS: Final[dict[Step, frozenset[str]]] = {
    "code": frozenset({"entry.code", "entry.check_code", "entry.log_out"}),
    "password": frozenset({"account.password", "account.change_password", "entry.log_out"}),
    "second_factor": frozenset({"account.second_factor", "account.confirm_second_factor", "entry.log_out"}),
}
"""What a person may do, beside what everybody may, before the step is taken."""

START: Final[dict[Role, str]] = {
    "clerk": "counter.choose",
    "usher": "usher.hall",
    "technician": "devices.devices",
    "manager": "overview.hall",
    "inspector": "overview.hall",
}
"""Where a person of each role begins."""


def may_open(endpoint: str, staff_role: Role | None) -> bool:
    """Tell whether a person of this role (`None`: nobody we know) may use this endpoint."""
    door = DOORS.get(endpoint, frozenset())
    return door == EVERYBODY or (staff_role is not None and staff_role in door)


def next_step(session: Session) -> Step | None:
    """Tell what this person has to do before any of their own doors opens; None when nothing."""
    if session.code_due:
        return "code"
    if session.account.must_change:
        return "password"
    if session.account.staff_role in NEEDS_SECOND_FACTOR and not session.account.has_second_factor:
        return "second_factor"
    return None
