"""Events -> rows. Pure: an event changes rows in memory; whoever calls brings rows in and stores what was touched."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from protocol import ballot_events as b
from protocol import events as e
from protocol import inquiry_events as ie
from protocol import month_events as me
from protocol import voice_events as ve
from queue_server.reporting.asked import after_entry, ballot_id_of, channels_at, drawn_rows, note_device
from queue_server.reporting.inquiry_steps import inquiry_steps
from queue_server.reporting.meanings import meaning_of
from queue_server.reporting.month_rows import (
    closing_row,
    correction_row,
    evaluation_row,
)
from queue_server.reporting.rows import (
    BallotRow,
    CallRow,
    Context,
    CounterNow,
    DayRow,
    NoShowRow,
    PressRow,
    PriorityRow,
    QuestionRow,
    RatingRow,
    StageRow,
    TransferRow,
    VisitRow,
)
from queue_server.reporting.silences import MINDED, mind, opening_of
from queue_server.reporting.stops import begun, ended
from queue_server.reporting.stretches import after, doing_of, is_other, stretches
from queue_server.reporting.touched import Touched
from queue_server.reporting.voice_steps import voice_step

PAPERS_MISSING: Final = "papers_missing"
"""The outcome by which halls send a citizen for papers; every configuration that has it names it so."""


NOT_TOLD: Final = frozenset(
    str(event.__struct_config__.tag)
    for event in (
        e.ServerStarted,
        e.ClockStepped,
        e.DeviceCreated,
        e.PairingFailed,
        e.HelpAnswered,
        e.TicketReported,
        e.TicketPrintOrdered,
        e.CallLeftUnsaid,
        e.RatingClosed,
        e.RosterPlanned,
        ve.VoiceAssigned,
        ve.VoicesErased,
        ve.VoicesKept,
        me.MonthsKept,
    )
)
"""Events that change no row, by their tags: a fifth of a log, and the tables need not even decode them."""


class BrokenStory(Exception):  # noqa: N818 -- it says what is wrong with the log.
    """An event speaks of a visit or a day that never began: the log is not whole; `motcua verify` tells where."""


class TrainingHall(Exception):  # noqa: N818 -- it says what the log is.
    """The log is that of a training hall, of which no report is made."""


@dataclass
class Fold:
    """Folds one batch of events. `stored_visit`, `stored_day` and `stored_ballot` give rows of earlier batches."""

    context: Context
    stored_visit: Callable[[str], VisitRow | None]
    stored_day: Callable[[str], DayRow | None]
    touched: Touched = field(default_factory=Touched)
    stored_ballot: Callable[[str], BallotRow | None] = lambda _: None

    def take(self, seq: int, event: e.AnyEvent) -> None:  # noqa: C901, PLR0912 -- one case per kind of event.
        """Take in the next event; raises `BrokenStory`."""
        match event:
            case e.ConfigurationChanged():
                self._configured(event)
            case e.DayOpened():
                self._opened(event)
            case e.DayClosed():
                self._day(event.day).closed_at = event.at.isoformat()
                self.touched.stops.extend(ended(self.context, event.at))
            case e.HallStopped() | e.HallResumed():
                self._stand(seq, event)
            case e.VisitTaken():
                self._taken(event)
            case e.RatingPressed():
                self._pressed(seq, event)
            case e.VisitMended():
                visit = self._visit(event.visit_id)
                visit.service_id, visit.priority_class_id = event.service_id, event.priority_class_id
            case e.VisitRenumbered() | e.VisitCancelled() | e.VisitExpired():
                self._visit_without_counter(event)
            case e.VisitContinued() | e.ServiceContinued():
                self._pass_time(seq, event, "ended")
                self._gone_on(event)
            case ve.VoiceReceived() | ve.VoiceAnswered() | ve.VoiceEnded():
                self.touched.voice_steps.append(voice_step(seq, event))
            case ie.InquiryOpened() | ie.InquiryStepped():
                self.touched.inquiry_steps += inquiry_steps(seq, event)
            case e.RatingOpened():
                self._asked(seq, event)
            case b.BallotsDrawn() | b.BallotEntered() | b.BallotSettled() | b.BallotVoided():
                self._balloted(event)
            case e.DevicePaired() | e.DeviceRevoked() | e.DeviceReported() | e.FunctionPlaced():
                note_device(self.context, event)
            case e.VisitRated():
                self._rated(seq, event)
            case e.VisitEvent():
                self._pass_time(seq, event, self._visit(event.visit_id).state)
                self._at_counter(seq, event)
            case e.CounterEvent():
                self._pass_time(seq, event, "")
            case me.MonthClosed():
                self.touched.closings.append(closing_row(seq, self.context.day, event))
            case me.MonthCorrected():
                self.touched.corrections.append(correction_row(seq, self.context.day, event))
            case me.ClerkEvaluated():
                self.touched.evaluations.append(evaluation_row(seq, self.context.day, event))
            case _:
                pass  # What else happens to clocks and devices stands in no report.
        if isinstance(event, MINDED):
            self.touched.silences.update((row.silence_id, row) for row in mind(self.context, seq, event))

    def _pass_time(self, seq: int, event: e.CounterEvent, visit_state: str) -> None:
        """Keep what the counter has done until this event, when it does something else from here on."""
        context = self.context
        before = context.counters.get(event.counter_id) or CounterNow()
        now = after(before, event, visit_state)
        if is_other(before, now):
            self.touched.stretches.extend(stretches(seq, context, event.counter_id, before, event.at))
            now.since_at = event.at.isoformat()
        context.counters[event.counter_id] = now

    def _stand(self, seq: int, event: e.HallStopped | e.HallResumed) -> None:
        """Let the hall and the counters that are ready stand still, or go on."""
        context, stopped = self.context, isinstance(event, e.HallStopped)
        if stopped == context.stopped:
            return  # It is only another message.
        for counter_id, counter in context.counters.items():
            if doing_of(counter, stopped=False) == "idle":
                self.touched.stretches.extend(stretches(seq, context, counter_id, counter, event.at))
                counter.since_at = event.at.isoformat()
        context.stopped = stopped
        if isinstance(event, e.HallResumed):
            self.touched.stops.extend(ended(context, event.at))
        elif context.day and not self._day(context.day).closed_at:
            self.touched.stops.append(begun(context, event.emergency_id, event.at))

    def _hour(self, at: datetime) -> int:
        """Give the hour at the hall."""
        return (at + timedelta(seconds=self.context.utc_offset_s)).hour

    def _opened(self, event: e.DayOpened) -> None:
        self.context.day, self.context.effective = event.day, event.configuration_id
        self.context.utc_offset_s = event.utc_offset_s
        self.context.stopped, self.context.stopped_since = False, ""
        self.context.counters.clear()
        self.touched.days[event.day] = DayRow(
            day=event.day,
            opened_at=event.at.isoformat(),
            utc_offset_s=event.utc_offset_s,
            configuration_id=event.configuration_id,
            links=self.context.meaning.links,
            opening=opening_of(event.spans),
        )

    def _configured(self, event: e.ConfigurationChanged) -> None:
        configuration = event.configuration
        if configuration.training:
            raise TrainingHall("this is the log of a training hall: nothing that happened in it enters a figure")
        self.context.meanings[configuration.configuration_id] = meaning_of(configuration)
        if event.effective == "now" or not self.context.effective:
            self.context.effective = configuration.configuration_id
            if self.context.day and not self._day(self.context.day).closed_at:
                self._day(self.context.day).configuration_id = configuration.configuration_id

    def _taken(self, event: e.VisitTaken) -> None:
        service = self.context.meaning.services.get(event.service_id)
        self.touched.visits[event.visit_id] = VisitRow(
            visit_id=event.visit_id,
            day=self.context.day,
            prefix=event.prefix,
            number=event.number,
            first_service_id=event.service_id,
            service_id=event.service_id,
            priority_class_id=event.priority_class_id,
            procedure_code=event.procedure_code,
            taken_at=event.taken_at.isoformat(),
            hour=self._hour(event.taken_at),
            rank_at=event.taken_at.isoformat(),
            off_line=event.off_line,
            target_s=service.target_waiting_s if service else 0,
            without_card=event.without_card,
            over_limit=event.over_limit,
        )

    def _visit_without_counter(self, event: e.VisitRenumbered | e.VisitCancelled | e.VisitExpired) -> None:
        visit = self._visit(event.visit_id)
        match event:
            case e.VisitRenumbered():
                visit.prefix, visit.number = event.prefix, event.number
            case e.VisitCancelled():
                visit.state = "cancelled"
            case e.VisitExpired():
                visit.state = "expired"

    def _at_counter(self, seq: int, event: e.VisitEvent) -> None:
        visit = self._visit(event.visit_id)
        match event:
            case e.VisitCalled():
                self._called(seq, visit, event)
            case e.VisitRecalled():
                visit.recalls += 1
            case e.ServiceStarted():
                visit.state = "in_service"
                visit.counter_id, visit.clerk_id = event.counter_id, event.clerk_id
                visit.walked_s = _seconds(visit.last_called_at, event.at.isoformat())
            case e.ServiceEnded():
                self._ended(seq, visit, event)
            case e.VisitMarkedNoShow():
                self._not_come(seq, visit)
            case e.VisitReinstated():
                visit.state = "waiting"
                visit.rank_at = event.rank_at.isoformat()
                visit.reinstated += 1
                visit.served = False
            case e.VisitPrioritized():
                self._prioritized(seq, visit, event)
            case e.VisitParked():
                visit.state = "parked"
                visit.served_s += event.served_s
                visit.stage_s += event.served_s
            case e.VisitTransferred():
                self._transferred(seq, visit, event)
            case _:
                pass  # A rating window that closes changes no figure.

    def _called(self, seq: int, visit: VisitRow, event: e.VisitCalled) -> None:
        at = event.at.isoformat()
        visit.state = "called"
        visit.last_called_at = at
        visit.counter_id, visit.clerk_id = event.counter_id, event.clerk_id
        if not visit.called_at:
            visit.called_at, visit.waited_s = at, _seconds(visit.taken_at, at)
            visit.stopped_s = event.stopped_s
            visit.first_counter_id, visit.first_clerk_id = event.counter_id, event.clerk_id
        self.touched.calls.append(
            CallRow(
                seq=seq,
                day=visit.day,
                at=at,
                hour=self._hour(event.at),
                visit_id=visit.visit_id,
                number=f"{visit.prefix}{visit.number:03d}",
                service_id=visit.service_id,
                priority_class_id=visit.priority_class_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                clause=event.clause,
                reason=event.reason,
                waited_s=event.waited_s,
                passed_over=event.passed_over,
            )
        )

    def _not_come(self, seq: int, visit: VisitRow) -> None:
        visit.state = "no_show"
        self.touched.no_shows.append(
            NoShowRow(
                seq=seq,
                day=visit.day,
                hour=self._hour(datetime.fromisoformat(visit.last_called_at)),
                visit_id=visit.visit_id,
                service_id=visit.service_id,
                priority_class_id=visit.priority_class_id,
                counter_id=visit.counter_id,
                clerk_id=visit.clerk_id,
            )
        )

    def _prioritized(self, seq: int, visit: VisitRow, event: e.VisitPrioritized) -> None:
        self.touched.priorities.append(
            PriorityRow(
                seq=seq,
                day=visit.day,
                at=event.at.isoformat(),
                hour=self._hour(event.at),
                visit_id=visit.visit_id,
                number=f"{visit.prefix}{visit.number:03d}",
                service_id=visit.service_id,
                before_class_id=visit.priority_class_id,
                priority_class_id=event.priority_class_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                reason=event.reason,
            )
        )
        visit.priority_class_id = event.priority_class_id

    def _ended(self, seq: int, visit: VisitRow, event: e.ServiceEnded) -> None:
        visit.served_s += event.served_s
        visit.state = "ended"
        visit.ended_at, visit.outcome = event.at.isoformat(), event.outcome
        visit.counter_id, visit.clerk_id = event.counter_id, event.clerk_id
        visit.served = event.outcome in self.context.meaning.served_outcomes and not event.come_back_today
        papers = event.outcome == PAPERS_MISSING or event.come_back_today
        self._stage(seq, visit, event, event.outcome, served=visit.served, papers_missing=papers)

    def _transferred(self, seq: int, visit: VisitRow, event: e.VisitTransferred) -> None:
        visit.served_s += event.served_s
        rank_at = event.rank_at.isoformat()
        if visit.state != "waiting":  # Else it only goes back to its queue, from a counter that closes.
            if visit.state == "in_service" or visit.stage_s:  # Also what was done before it was parked.
                self._stage(seq, visit, event, "", served=False, papers_missing=False)
            before = datetime.fromisoformat(visit.rank_at)
            self.touched.transfers.append(
                TransferRow(
                    seq=seq,
                    day=visit.day,
                    at=event.at.isoformat(),
                    hour=self._hour(event.at),
                    visit_id=visit.visit_id,
                    service_id=visit.service_id,
                    to_service_id=event.to_service_id,
                    priority_class_id=visit.priority_class_id,
                    counter_id=event.counter_id,
                    clerk_id=event.clerk_id,
                    place="first" if event.rank_at < before else "last" if event.rank_at > before else "arrival",
                    reason=event.reason,
                )
            )
        visit.state, visit.rank_at = "waiting", rank_at
        visit.service_id = event.to_service_id
        visit.transfers += 1

    def _gone_on(self, event: e.VisitContinued | e.ServiceContinued) -> None:
        """In for its next service: the visit is served when the last one has ended so."""
        visit = self._visit(event.visit_id)
        visit.service_id, visit.served = event.to_service_id, False
        if isinstance(event, e.VisitContinued):
            visit.state, visit.rank_at = "waiting", event.rank_at.isoformat()
        else:
            visit.state = "in_service"

    def _stage(
        self,
        seq: int,
        visit: VisitRow,
        event: e.ServiceEnded | e.VisitTransferred,
        outcome: str,
        *,
        served: bool,
        papers_missing: bool,
    ) -> None:
        self.touched.stages.append(
            StageRow(
                seq=seq,
                day=visit.day,
                hour=self._hour(event.at),
                visit_id=visit.visit_id,
                service_id=visit.service_id,
                priority_class_id=visit.priority_class_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                served_s=visit.stage_s + event.served_s,
                outcome=outcome,
                served=served,
                papers_missing=papers_missing,
            )
        )
        visit.stage_s = 0

    def _asked(self, seq: int, event: e.RatingOpened) -> None:
        if event.closes_at <= event.at:
            return  # In a stopped hall, or after a call of seconds, a question is shut as it opens: nobody was asked.
        self.context.scale_id = event.scale_id
        open_channels = channels_at(self.context, event.counter_id)
        self.touched.questions.append(
            QuestionRow(
                seq=seq,
                day=self._visit(event.visit_id).day,
                hour=self._hour(event.at),
                visit_id=event.visit_id,
                service_id=event.service_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                keypad="keypad" in open_channels,
                terminal="terminal" in open_channels,
            )
        )

    def _balloted(self, event: b.BallotsDrawn | b.BallotEntered | b.BallotSettled | b.BallotVoided) -> None:
        if isinstance(event, b.BallotsDrawn):
            self.touched.ballots.update((row.ballot_id, row) for row in drawn_rows(event.ballots, self.context.day))
            return
        ballot_id = ballot_id_of(event.code)
        row = self.touched.ballots.get(ballot_id) or self.stored_ballot(ballot_id)
        if row is None:
            raise BrokenStory("a ballot was entered or made void that was never drawn")
        self.touched.ballots[ballot_id] = row
        if isinstance(event, b.BallotVoided):
            row.state = "void"
        else:
            after_entry(row, event, self.context)

    def _rated(self, seq: int, event: e.VisitRated) -> None:
        satisfied = self.context.meaning.satisfied.get(event.scale_id, frozenset())
        levels = self.context.meaning.levels.get(event.scale_id, ())
        self.touched.ratings.append(
            RatingRow(
                seq=seq,
                day=self._visit(event.visit_id).day,
                rated_day=self.context.day,
                rated_at=event.at.isoformat(),
                hour=self._hour(event.at),
                visit_id=event.visit_id,
                service_id=event.service_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                channel=event.channel,
                scale_id=event.scale_id,
                level=event.level,
                satisfied=event.level in satisfied,
                low=event.level <= len(levels) and levels[event.level - 1].low,
                reasons=" ".join(event.reasons),
            )
        )

    def _pressed(self, seq: int, event: e.RatingPressed) -> None:
        self.touched.presses.append(
            PressRow(
                seq=seq,
                day=self.context.day,
                hour=self._hour(event.at),
                visit_id=event.visit_id,
                counter_id=event.counter_id,
                function_id=event.function_id,
                channel=event.channel,
                level=event.level,
                flag=event.flag,
                satisfied=event.level in self.context.meaning.satisfied.get(self.context.scale_id, frozenset()),
            )
        )

    def _visit(self, visit_id: str) -> VisitRow:
        visit = self.touched.visits.get(visit_id) or self.stored_visit(visit_id)
        if visit is None:
            raise BrokenStory(f"visit {visit_id} never took a number, but something happened to it")
        self.touched.visits[visit_id] = visit
        return visit

    def _day(self, day: str) -> DayRow:
        found = self.touched.days.get(day) or self.stored_day(day)
        if found is None:
            raise BrokenStory(f"the business day {day} was closed but never opened")
        self.touched.days[day] = found
        return found


def _seconds(begin: str, end: str) -> int | None:
    """Count the seconds between two instants; a number from a kiosk's own range may be told of late, never early."""
    if not begin:
        return None
    return max(0, round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()))
