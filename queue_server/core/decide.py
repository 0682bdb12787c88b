"""What a command does to a branch: events, or a refusal. Nothing is changed here.

Each room of decisions has a module of its own: tickets, counters, calls, services, ratings, day, devices, configure.
This one only asks whether the actor may, and hands over; the type checker names a command that was forgotten.
"""

from datetime import datetime
from typing import assert_never

from protocol import ballot_commands as bc
from protocol import commands as c
from protocol import inquiry_commands as ic
from protocol import month_commands as mc
from protocol import voice_commands as vc
from queue_server.core import (
    alerting,
    ballots,
    calls,
    campaigns,
    configure,
    counter_help,
    counters,
    day,
    devices,
    inquiries,
    linked,
    mending,
    months,
    print_orders,
    priority,
    ratings,
    release,
    replies,
    rosters,
    services,
    stopping,
    tickets,
    voices,
)
from queue_server.core.permission import check_role
from queue_server.core.request import Request
from queue_server.core.state import Branch
from queue_server.core.tickets import Events

_Help = c.CallHelp | c.EndHelp | c.AnswerCounterHelp
_AtCounter = c.SignInClerk | c.SignOutClerk | c.ReleaseCounter | c.OpenCounter | c.PauseCounter | c.CloseCounter | _Help
_Calls = (
    c.CallNext
    | c.CallVisit
    | c.CallNumber
    | c.RecallVisit
    | c.MarkNoShow
    | c.ReinstateVisit
    | c.ReinstateNumber
    | c.PrioritizeNumber
    | c.ResumeVisit
    | c.ReportUnsaidCall
)
_Services = c.StartService | c.EndService | c.PlanServices | c.ParkVisit | c.TransferVisit


def decide(branch: Branch, request: Request, at: datetime) -> Events:
    """Give the events that carry out the request at this instant; none when there is nothing left to do.

    Reads only. Raises :class:`queue_server.core.Refusal` with a code and its parts.
    """
    check_role(request.actor, request.command)
    events = _decide(branch, request, at)
    return (*events, *alerting.follow_ratings(branch, request, events, at))


def _decide(branch: Branch, request: Request, at: datetime) -> Events:  # noqa: C901, PLR0912 -- one case per room.
    match request.command:
        case c.TakeTicket() as command:
            events = tickets.take_ticket(branch, request, command, at)
        case c.HandOverVisit() as command:
            events = tickets.hand_over_visit(branch, request, command, at)
        case c.ReportTicket() as command:
            events = print_orders.report_ticket(branch, request, command, at)
        case c.CancelVisit() as command:
            events = tickets.cancel_visit(branch, request, command, at)
        case (
            c.SignInClerk() | c.SignOutClerk() | c.ReleaseCounter() | c.OpenCounter() | c.PauseCounter()
            | c.CloseCounter() | c.CallHelp() | c.EndHelp() | c.AnswerCounterHelp() as command
        ):  # fmt: skip
            events = _decide_counter(branch, request, command, at)
        case (
            c.CallNext() | c.CallVisit() | c.CallNumber() | c.RecallVisit() | c.MarkNoShow() | c.ReinstateVisit()
            | c.ReinstateNumber() | c.PrioritizeNumber() | c.ResumeVisit() | c.ReportUnsaidCall() as command
        ):  # fmt: skip
            events = _decide_call(branch, request, command, at)
        case (
            c.StartService() | c.EndService() | c.PlanServices() | c.ParkVisit() | c.TransferVisit() as command
        ):  # fmt: skip
            events = _decide_service(branch, request, command, at)
        case c.PressRating() as command:
            events = ratings.press_rating(branch, request, command, at)
        case c.RateByLink() as command:
            events = ratings.rate_by_link(branch, request, command, at)
        case (
            c.Configure() | c.OpenDay() | c.CloseDay() | c.CreateDevice() | c.RevokeDevice() | c.ReportDevice()
            | c.PlaceFunction() | c.AnswerHelp() | c.Pair() | c.Tick() as command
        ):  # fmt: skip
            events = _decide_branch(branch, request, command, at)
        case c.MendVisit() as command:
            events = mending.mend_visit(branch, request, command, at)
        case c.PrintTicket() as command:
            events = print_orders.print_ticket(branch, request, command, at)
        case c.StopHall() as command:
            events = stopping.stop_hall(branch, request, command, at)
        case c.ResumeHall() as command:
            events = stopping.resume_hall(branch, request, command, at)
        case c.PlanRoster() as command:
            events = rosters.plan_roster(branch, request, command, at)
        case (
            bc.DrawBallots() | bc.HandBallots() | bc.EnterBallot() | bc.SettleBallot() | bc.VoidBallot()
            | bc.PlanCampaign() | bc.EndCampaign() as command
        ):  # fmt: skip
            events = _decide_ballots(branch, request, command, at)
        case vc.ReceiveVoice() | vc.AssignVoice() | vc.AnswerVoice() | vc.EndVoice() as command:
            events = _decide_voices(branch, request, command, at)
        case mc.CloseMonth() | mc.CorrectMonth() | mc.EvaluateClerk() as command:
            events = _decide_months(branch, request, command, at)
        case ic.StepAlert() as command:
            events = alerting.step_alert(branch, request, command, at)
        case ic.StepInquiry() as command:
            events = inquiries.step_inquiry(branch, request, command, at)
        case ic.SpeakInInquiry() as command:
            events = inquiries.speak_in_inquiry(branch, request, command, at)
        case (
            c.Introduce() | c.FetchCatalogue() | c.FindVisit() | c.FindHeldNumber() | c.FindNote() | c.FindTicket()
            | c.FetchWaitingList() | c.FetchRosters() | bc.FetchBallots() | c.Attend() | c.FindDevice()
            | c.TryFunction() | c.FindPrintOrder() | vc.FindVoice() | vc.FindVoiceCode() | vc.FollowVoice()
            | vc.FetchVoices() | ic.FetchAlerts() | ic.FetchInquiries() | ic.FindInquiry() | ic.FetchHearings()
            | ic.FetchConcerns() as command
        ):  # fmt: skip
            replies.check_question(branch, request, command, at)
            events = ()
        case _:
            assert_never(request.command)
    return events


def _decide_ballots(branch: Branch, request: Request, command: bc.BallotCommand, at: datetime) -> Events:
    match command:
        case bc.DrawBallots():
            events = ballots.draw_ballots(branch, request, command, at)
        case bc.HandBallots():
            events = ballots.hand_ballots(branch, request, command, at)
        case bc.EnterBallot():
            events = ballots.enter_ballot(branch, request, command, at)
        case bc.SettleBallot():
            events = ballots.settle_ballot(branch, request, command, at)
        case bc.VoidBallot():
            events = ballots.void_ballot(branch, request, command, at)
        case bc.PlanCampaign():
            events = campaigns.plan_campaign(branch, request, command, at)
        case bc.EndCampaign():
            events = campaigns.end_campaign(branch, request, command, at)
        case _:
            assert_never(command)
    return events


def _decide_voices(branch: Branch, request: Request, command: vc.VoiceCommand, at: datetime) -> Events:
    match command:
        case vc.ReceiveVoice():
            return voices.receive_voice(branch, request, command, at)
        case vc.AssignVoice():
            return voices.assign_voice(branch, request, command, at)
        case vc.AnswerVoice():
            return voices.answer_voice(branch, request, command, at)
        case vc.EndVoice():
            return voices.end_voice(branch, request, command, at)
        case _:
            assert_never(command)


def _decide_months(branch: Branch, request: Request, command: mc.MonthCommand, at: datetime) -> Events:
    match command:
        case mc.CloseMonth():
            return months.close_month(branch, request, command, at)
        case mc.CorrectMonth():
            return months.correct_month(branch, request, command, at)
        case mc.EvaluateClerk():
            return months.evaluate_clerk(branch, request, command, at)
        case _:
            assert_never(command)


def _decide_counter(branch: Branch, request: Request, command: _AtCounter, at: datetime) -> Events:  # noqa: PLR0911 -- one case per command.
    match command:
        case c.SignInClerk():
            return counters.sign_in_clerk(branch, request, command, at)
        case c.SignOutClerk():
            return counters.sign_out_clerk(branch, request, command, at)
        case c.ReleaseCounter():
            return release.release_counter(branch, request, command, at)
        case c.OpenCounter():
            return counters.open_counter(branch, request, command, at)
        case c.PauseCounter():
            return counters.pause_counter(branch, request, command, at)
        case c.CloseCounter():
            return counters.close_counter(branch, request, command, at)
        case c.CallHelp() | c.EndHelp() | c.AnswerCounterHelp():
            return _decide_help(branch, request, command, at)
        case _:
            assert_never(command)


def _decide_call(branch: Branch, request: Request, command: _Calls, at: datetime) -> Events:
    match command:
        case c.CallNext():
            events = calls.call_next(branch, request, command, at)
        case c.CallVisit():
            events = calls.call_visit(branch, request, command, at)
        case c.CallNumber():
            events = calls.call_number(branch, request, command, at)
        case c.RecallVisit():
            events = calls.recall_visit(branch, request, command, at)
        case c.MarkNoShow():
            events = calls.mark_no_show(branch, request, command, at)
        case c.PrioritizeNumber():
            events = priority.prioritize_number(branch, request, command, at)
        case c.ReinstateVisit() | c.ReinstateNumber():
            events = calls.reinstate_visit(branch, request, command, at)
        case c.ResumeVisit():
            events = calls.resume_visit(branch, request, command, at)
        case c.ReportUnsaidCall():
            events = calls.report_unsaid_call(branch, request, command, at)
        case _:
            assert_never(command)
    return events


def _decide_service(branch: Branch, request: Request, command: _Services, at: datetime) -> Events:
    match command:
        case c.StartService():
            return services.start_service(branch, request, command, at)
        case c.EndService():
            return services.end_service(branch, request, command, at)
        case c.PlanServices():
            return linked.plan_services(branch, request, command, at)
        case c.ParkVisit():
            return services.park_visit(branch, request, command, at)
        case c.TransferVisit():
            return services.transfer_visit(branch, request, command, at)
        case _:
            assert_never(command)


def _decide_help(branch: Branch, request: Request, command: _Help, at: datetime) -> Events:
    match command:
        case c.CallHelp():
            return counter_help.call_help(branch, request, command, at)
        case c.EndHelp():
            return counter_help.end_help(branch, request, command, at)
        case c.AnswerCounterHelp():
            return counter_help.answer_counter_help(branch, request, command, at)
        case _:
            assert_never(command)


_OfDevices = c.CreateDevice | c.RevokeDevice | c.PlaceFunction | c.ReportDevice | c.AnswerHelp | c.Pair
_OfBranch = c.Configure | c.OpenDay | c.CloseDay | c.Tick | _OfDevices


def _decide_branch(branch: Branch, request: Request, command: _OfBranch, at: datetime) -> Events:
    match command:
        case c.Configure():
            events = configure.configure(branch, request, command, at)
        case c.OpenDay():
            events = day.open_day(branch, request, command, at)
        case c.CloseDay():
            events = day.close_day(branch, request, command, at)
        case c.Tick():
            events = day.tick(branch, request, command, at)
        case _:
            events = _decide_device(branch, request, command, at)
    return events


def _decide_device(branch: Branch, request: Request, command: _OfDevices, at: datetime) -> Events:
    match command:
        case c.CreateDevice():
            events = devices.create_device(branch, request, command, at)
        case c.RevokeDevice():
            events = devices.revoke_device(branch, request, command, at)
        case c.PlaceFunction():
            events = devices.place_function(branch, request, command, at)
        case c.ReportDevice():
            events = devices.report_device(branch, request, command, at)
        case c.AnswerHelp():
            events = devices.answer_help(branch, request, command, at)
        case c.Pair():
            events = devices.pair(branch, request, command, at)
        case _:
            assert_never(command)
    return events
