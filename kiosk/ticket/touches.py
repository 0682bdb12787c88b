"""What a touch does: the citizen's way through the screens."""

from dataclasses import replace

from kiosk.ticket import finding, helping, persons, taking, voicing
from kiosk.ticket.hall import (
    HELP_UNDER_WAY,
    citizen_classes,
    is_stopped,
    next_own_number,
    own_range,
    procedure_of,
    procedures_of,
    service_of,
    service_state,
    situation,
)
from kiosk.ticket.knowledge import report_health
from kiosk.ticket.model import (
    Ask,
    ClassChoice,
    Confirm,
    Details,
    DropVisit,
    Effect,
    Now,
    Number,
    Preferences,
    Procedures,
    Refusal,
    Screen,
    Search,
    Services,
    State,
    VoidTicket,
)
from kiosk.ticket.person_model import CardFirst, Held
from kiosk.ticket.scan_model import Brought
from kiosk.ticket.taking import Step
from kiosk.ticket.voice_model import VoiceKinds, VoiceReview, VoiceWriting
from protocol.commands import ReportDevice
from protocol.views import KioskService

HISTORY_LIMIT = 12
VOICE_VERBS = frozenset({"voice", "voice_kind", "type", "method", "digits", "write_on", "send"})


def touched(state: State, action: str, now: Now) -> Step:
    """Obey a touch on what the screen offers; anything else changes nothing but that somebody is there."""
    state = replace(state, touched_hall_at=now.hall_at, touched_real_s=now.real_s)
    if state.stay_asked_hall_at is not None:
        state = replace(state, stay_asked_hall_at=None)
        if action != "key:help":  # Who calls for help is there, and has called.
            return start_again(state) if action == "start_again" else (state, ())
    verb, _, target = action.partition(":")
    busy = (isinstance(state.screen, Confirm) and state.screen.busy) or is_sending(state)
    if verb == "key":
        return _key(state, target, now)
    if busy or (is_stopped(state) and not isinstance(state.screen, Number)):
        return (
            state,
            (),
        )  # The answer decides; until then a second touch is the same touch. A stopped hall offers nothing.
    return next_citizen(state, now) if verb == "done" else _walked(state, verb, target, now)


def _walked(state: State, verb: str, target: str, now: Now) -> Step:
    """Move between the screens: back, to the start, to another page, or on by a choice."""
    if verb == "back":
        return _back(state)
    if verb in {"start_again", "another"}:
        return start_again(state)
    if verb == "page":
        return _turn_page(state, target), ()
    return _chosen(state, verb, target, now)


def _key(state: State, key: str, now: Now) -> Step:
    wishes = state.preferences
    match key:
        case "language":
            languages = state.view.languages if state.view else ("vi", "en")
            place = languages.index(wishes.language) if wishes.language in languages else -1
            wishes = replace(wishes, language=languages[(place + 1) % len(languages)])
        case "large_text":
            wishes = replace(wishes, large_text=not wishes.large_text)
        case "low_reach":
            wishes = replace(wishes, low_reach=not wishes.low_reach)
        case "high_contrast":
            wishes = replace(wishes, high_contrast=not wishes.high_contrast)
        case "help":
            return _call_help(state, now)
        case _:
            return state, ()
    return replace(state, preferences=wishes), ()


def _call_help(state: State, now: Now) -> Step:
    if helping.may_take_back(state, now):
        return report_health(helping.taken_back(state, now), now)
    if state.help in HELP_UNDER_WAY:
        return state, ()
    if state.identity is None or state.link != "up":
        return replace(state, help="failed"), ()
    call = ReportDevice(function_id=state.identity.function_id, state="degraded", reason="help_called")
    asked = replace(state, help="asked", helping=now.fresh_id)
    return asked, (Ask(now.fresh_id, call, state.settings.ask_real_s),)


def _chosen(state: State, verb: str, target: str, now: Now) -> Step:  # noqa: C901, PLR0911, PLR0912 -- a table of screens.
    """Go on from the present screen by what was touched on it."""
    screen = state.screen
    match screen, verb:
        case Services(), "service":
            return _service_chosen(state, target, now)
        case Services(), "search":
            return _forward(state, Search()), ()
        case ((Services() | VoiceKinds() | VoiceWriting() | VoiceReview()), _) if verb in VOICE_VERBS:
            return _voice(state, verb, target, now)
        case Search(), "procedures":
            return _list_opened(state, target), ()
        case ((ClassChoice() | Confirm(visit=None) | Refusal()), "procedures"):
            return _list_opened(state, screen.service_id), ()
        case Search(), ("type" | "method" | "digits"):
            return finding.touched(state, screen, verb, target), ()
        case ((Search() | Procedures()), "procedure") if procedure_of(state, target):
            return _forward(state, Details(target)), ()
        case ((ClassChoice() | Confirm(visit=None)), "procedure") if procedure_of(state, screen.procedure_code):
            return _forward(state, Details(screen.procedure_code)), ()
        case Details(), "choose":
            procedure = procedure_of(state, screen.procedure_code)
            return _service_chosen(state, procedure.service_id, now, procedure.code) if procedure else (state, ())
        case ClassChoice(), "class" if any(one.priority_class_id == target for one in citizen_classes(state)):
            confirm = Confirm(screen.service_id, target, screen.procedure_code, brought=screen.brought)
            return _forward(state, persons.before_number(state, confirm)), ()
        case CardFirst(), "without_card" if state.help not in HELP_UNDER_WAY:
            return _call_help(state, now)
        case Held(), "paper_again" if again := persons.paper_again(state, screen):
            return taking.print_copy(state, *again, now)
        case Confirm(visit=None), "take":
            return taking.take(state, screen, now)
        case Confirm(unanswered=True), "retry":
            return taking.ask_for_number(state, screen, now)
        case Number(printing="uncertain" | "failed"), "reprint" if screen.copy + 1 < state.settings.copies_most:
            return taking.print_copy(state, screen.given, screen.copy + 1, now)
        case _:
            return state, ()


def is_sending(state: State) -> bool:
    """Tell whether the answer about a voice is awaited; then nothing that would change it acts."""
    return isinstance(state.screen, VoiceReview) and bool(state.screen.request_id)


def _voice(state: State, verb: str, target: str, now: Now) -> Step:
    """Go on in the suggestion box."""
    screen = state.screen
    after: Screen | None = None
    match screen, verb:
        case Services(), "voice" if voicing.is_offered(state):
            after = voicing.first_screen(state)
        case VoiceKinds(), "voice_kind":
            after = voicing.kind_chosen(state, target)
        case VoiceWriting(), "write_on":
            after = voicing.written_on(screen)
        case VoiceWriting(), _:
            return voicing.typed_on(state, screen, verb, target), ()
        case VoiceReview(), "send":
            return voicing.send(state, screen, now)
    return (_forward(state, after) if after else state), ()


def _list_opened(state: State, service_id: str) -> State:
    return _forward(state, Procedures(service_id)) if procedures_of(state, service_id) else state


def _service_chosen(state: State, service_id: str, now: Now, procedure_code: str = "") -> Step:
    screen = screen_for(state, service_id, now, procedure_code)
    return (_forward(state, screen) if screen else state), ()


def screen_for(
    state: State,
    service_id: str,
    now: Now,
    procedure_code: str = "",
    *,
    priority_class_id: str = "",
    brought: Brought | None = None,
) -> Screen | None:
    """Give the screen that follows the choice of a service: its class, the number, or why there is none.

    None for a service that the hall does not have. A class that citizens do not choose themselves counts as none.
    """
    service = service_of(state, service_id)
    if service is None:
        return None
    obstacle = _obstacle(state, service, now)
    if obstacle:
        return Refusal(obstacle, service_id=service_id)
    class_ids = [one.priority_class_id for one in citizen_classes(state)]
    if len(class_ids) > 1 and priority_class_id not in class_ids:
        return ClassChoice(service_id, procedure_code, brought)
    chosen = priority_class_id if priority_class_id in class_ids else class_ids[0]
    return persons.before_number(state, Confirm(service_id, chosen, procedure_code, brought=brought))


def _obstacle(state: State, service: KioskService, now: Now) -> str:  # noqa: PLR0911 -- a table of what may be in the way.
    """Name by its code what stands between the citizen and a number for the service; empty when nothing does."""
    match situation(state, now.hall_at), service_state(state, service, now.hall_at):
        case (("not_ready" | "gone"), _):
            return "server_gone"
        case "closed", _:
            return "closed"
        case _, "closed":
            return "service_closed"
        case _, "quota_reached":
            return "quota_reached"
        case _, "full":
            return "hall_full"
        case "own_numbers", _:
            own = own_range(state, service, now.hall_at)
            if own is None:
                return "server_gone"
            return "" if next_own_number(state, own) is not None else "offline_full"
        case _:
            return ""


def _turn_page(state: State, to: str) -> State:
    """Turn to the *next* page, the one before, or the one of a number."""
    screen = state.screen
    if not isinstance(screen, Services | Procedures | Search | Details):
        return state
    page = int(to) - 1 if to.isdecimal() else screen.page + (1 if to == "next" else -1)
    # The last page is known to whoever lays the page out; `pages` shows the nearest one that exists.
    return replace(state, screen=replace(screen, page=max(0, page)))


def _forward(state: State, screen: Screen) -> State:
    return replace(state, screen=screen, history=(*state.history, state.screen)[-HISTORY_LIMIT:])


def _back(state: State) -> Step:
    if isinstance(state.screen, Number) or not state.history:
        return start_again(state)
    left = _leaving(state)
    return replace(state, screen=state.history[-1], history=state.history[:-1]), left


def start_again(state: State) -> Step:
    """Return to the start for the same citizen, who keeps language and letters."""
    return replace(state, screen=Services(), history=(), stay_asked_hall_at=None), _leaving(state)


def _leaving(state: State) -> tuple[Effect, ...]:
    match state.screen:
        case Confirm(visit=visit) if visit is not None:
            return (DropVisit(visit.visit_id),)
        case Number(given=given, printing="held"):
            return (VoidTicket(given.visit.visit_id),)
        case _:
            return ()


def next_citizen(state: State, now: Now) -> Step:
    """Return to the start for somebody else: nothing of the last citizen stays, and a call for help is over."""
    left = _leaving(state)
    over = state.help in {"called", "coming", "unanswered"}
    state = replace(
        state,
        screen=Services(),
        history=(),
        preferences=Preferences(language=state.settings.language),
        help="none",
        helping="",
        stay_asked_hall_at=None,
        listening=False,
    )
    state, health = report_health(state, now) if over else (state, ())
    return state, (*left, *health)
