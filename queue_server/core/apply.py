"""What an event changes: the only place where a branch is changed.

An event has happened, so nothing here refuses; an event that cannot have happened is our own mistake and fails an
assertion. Everything is a function of the event and the state alone, so a replay of the stored events gives the same
branch.
"""

from collections.abc import Iterable
from typing import assert_never

from protocol import ballot_events as be
from protocol import events as e
from protocol import inquiry_events as ie
from protocol import month_events as me
from protocol import voice_events as ve
from protocol.configuration import Configuration
from queue_server.core.apply_ballots import change_ballots
from queue_server.core.apply_branch import (
    announce_device,
    answer_help,
    close_day,
    configure,
    count_pairing_try,
    note_counter_help,
    open_day,
    pair_device,
    place_function,
    report_device,
    resume_hall,
    revoke_device,
    set_counter,
    sign_in,
    sign_out,
    stop_hall,
)
from queue_server.core.apply_inquiries import change_inquiries
from queue_server.core.apply_months import change_months
from queue_server.core.apply_visits import (
    change_visit,
    close_rating,
    note_ticket,
    note_unsaid,
    open_rating,
    order_print,
    press_rating,
    rate_visit,
    renumber_visit,
)
from queue_server.core.apply_voices import change_voices
from queue_server.core.rosters import keep_rosters, planned_today
from queue_server.core.state import Branch, new_branch


def replay(events: Iterable[e.AnyEvent], configuration: Configuration | None = None) -> Branch:
    """Make a branch from its events.

    Either all of them, the first being ``ConfigurationChanged``; or those since the last ``DayOpened``, with the
    configuration that it names.
    """
    branch = new_branch(configuration) if configuration is not None else None
    for event in events:
        if branch is None:
            assert isinstance(event, e.ConfigurationChanged), f"a log begins with a configuration, not {event}"
            branch = new_branch(event.configuration)
        apply(branch, event)
    assert branch is not None, "a log without events makes no branch"
    return branch


def apply(branch: Branch, event: e.AnyEvent) -> None:  # noqa: C901, PLR0912, PLR0915 -- one case per event.
    """Change the branch by what happened."""
    if isinstance(event, be.BallotEvent | ve.VoiceEvent | me.MonthEvent | ie.InquiryEvent):
        _change_registers(branch, event)
        return
    match event:
        case (
            e.VisitTaken() | e.VisitCalled() | e.VisitRecalled() | e.ServiceStarted() | e.ServiceEnded()
            | e.VisitMarkedNoShow() | e.VisitReinstated() | e.VisitPrioritized() | e.VisitMended() | e.VisitParked()
            | e.VisitTransferred() | e.VisitCancelled() | e.VisitExpired() | e.VisitContinued() | e.ServiceContinued()
        ):  # fmt: skip
            change_visit(branch, event)
        case e.VisitRenumbered():
            renumber_visit(branch, event)
        case e.ServicesPlanned():
            branch.visits[event.visit_id].coming = event.coming_service_ids
        case e.CallLeftUnsaid():
            note_unsaid(branch, event)
        case e.TicketReported():
            note_ticket(branch, event)
        case e.TicketPrintOrdered():
            order_print(branch, event)
        case e.RatingOpened():
            open_rating(branch, event)
        case e.RatingPressed():
            press_rating(branch, event)
        case e.RatingClosed():
            close_rating(branch, event)
        case e.VisitRated():
            rate_visit(branch, event)
        case e.ClerkSignedIn():
            sign_in(branch, event)
        case e.ClerkSignedOut():
            sign_out(branch, event)
        case e.CounterOpened() | e.CounterPaused() | e.CounterClosed():
            set_counter(branch, event)
        case e.ConfigurationChanged():
            configure(branch, event)
            branch.planned = planned_today(branch)
        case e.DayOpened():
            open_day(branch, event)
        case e.DayClosed():
            close_day(branch)
        case e.HallStopped():
            stop_hall(branch, event)
        case e.HallResumed():
            resume_hall(branch, event)
        case e.RosterPlanned():
            keep_rosters(branch, event)
            branch.planned = planned_today(branch)
        case e.DeviceCreated():
            announce_device(branch, event)
        case e.PairingFailed():
            count_pairing_try(branch, event)
        case e.DevicePaired():
            pair_device(branch, event)
        case e.DeviceRevoked():
            revoke_device(branch, event)
        case e.DeviceReported():
            report_device(branch, event)
        case e.FunctionPlaced():
            place_function(branch, event)
        case e.HelpAnswered():
            answer_help(branch, event)
        case e.CounterHelpCalled() | e.CounterHelpAnswered() | e.CounterHelpEnded():
            note_counter_help(branch, event)
        case e.ServerStarted() | e.ClockStepped():
            pass  # Facts about the server, not about the branch.
        case _:
            assert_never(event)


def _change_registers(branch: Branch, event: be.BallotEvent | ve.VoiceEvent | me.MonthEvent | ie.InquiryEvent) -> None:
    """Change what is kept beside the visits, over many days."""
    if isinstance(event, be.BallotEvent):
        change_ballots(branch, event)
    elif isinstance(event, me.MonthEvent):
        change_months(branch, event)
    elif isinstance(event, ve.VoiceEvent):
        change_voices(branch, event)
    else:
        change_inquiries(branch, event)
