"""Events -> rows. Pure: an event changes rows in memory; whoever calls brings rows in and stores what was touched."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from protocol import events as e
from protocol.configuration import Configuration
from queue_server.reporting.rows import (
    CallRow,
    Context,
    DayRow,
    Meaning,
    PressRow,
    PriorityRow,
    QuestionRow,
    RatingRow,
    ServiceMeaning,
    StageRow,
    VisitRow,
)


class BrokenStory(Exception):  # noqa: N818 -- it says what is wrong with the log.
    """An event speaks of a visit or a day that never began: the log is not whole; `motcua verify` tells where."""


@dataclass
class Touched:
    """The rows that a batch of events made or changed."""

    visits: dict[str, VisitRow] = field(default_factory=dict)
    days: dict[str, DayRow] = field(default_factory=dict)
    calls: list[CallRow] = field(default_factory=list)
    stages: list[StageRow] = field(default_factory=list)
    questions: list[QuestionRow] = field(default_factory=list)
    ratings: list[RatingRow] = field(default_factory=list)
    presses: list[PressRow] = field(default_factory=list)
    priorities: list[PriorityRow] = field(default_factory=list)


@dataclass
class Fold:
    """Folds one batch of events. `stored_visit` and `stored_day` give rows of earlier batches."""

    context: Context
    stored_visit: Callable[[str], VisitRow | None]
    stored_day: Callable[[str], DayRow | None]
    touched: Touched = field(default_factory=Touched)

    def take(self, seq: int, event: e.AnyEvent) -> None:
        """Take in the next event; raises `BrokenStory`."""
        match event:
            case e.ConfigurationChanged():
                self._configured(event)
            case e.DayOpened():
                self.context.day, self.context.effective = event.day, event.configuration_id
                self.touched.days[event.day] = DayRow(
                    day=event.day,
                    opened_at=event.at.isoformat(),
                    utc_offset_s=event.utc_offset_s,
                    configuration_id=event.configuration_id,
                )
            case e.DayClosed():
                self._day(event.day).closed_at = event.at.isoformat()
            case e.VisitTaken():
                self._taken(event)
            case e.RatingPressed():
                self._pressed(seq, event)
            case e.VisitRenumbered() | e.VisitCancelled() | e.VisitExpired():
                self._visit_without_counter(event)
            case e.RatingOpened():
                self._asked(seq, event)
            case e.VisitRated():
                self._rated(seq, event)
            case e.VisitEvent():
                self._at_counter(seq, event)
            case _:
                pass  # Devices, clerks and clocks stand in no report yet.

    def _configured(self, event: e.ConfigurationChanged) -> None:
        configuration = event.configuration
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
            off_line=event.off_line,
            target_s=service.target_waiting_s if service else 0,
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
                visit.state = "no_show"
            case e.VisitReinstated():
                visit.state = "waiting"
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
        self.touched.calls.append(
            CallRow(
                seq=seq,
                day=visit.day,
                at=at,
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

    def _prioritized(self, seq: int, visit: VisitRow, event: e.VisitPrioritized) -> None:
        self.touched.priorities.append(
            PriorityRow(
                seq=seq,
                day=visit.day,
                at=event.at.isoformat(),
                visit_id=visit.visit_id,
                number=f"{visit.prefix}{visit.number:03d}",
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
        self._stage(seq, visit, event, event.served_s, event.outcome)

    def _transferred(self, seq: int, visit: VisitRow, event: e.VisitTransferred) -> None:
        visit.served_s += event.served_s
        if visit.state == "in_service":
            self._stage(seq, visit, event, event.served_s, "")
        visit.state = "waiting"
        visit.service_id = event.to_service_id
        visit.transfers += 1

    def _stage(self, seq: int, visit: VisitRow, event: e.VisitEvent, served_s: int, outcome: str) -> None:
        self.touched.stages.append(
            StageRow(
                seq=seq,
                day=visit.day,
                visit_id=visit.visit_id,
                service_id=visit.service_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                served_s=visit.stage_s + served_s,
                outcome=outcome,
            )
        )
        visit.stage_s = 0

    def _asked(self, seq: int, event: e.RatingOpened) -> None:
        self.touched.questions.append(
            QuestionRow(
                seq=seq,
                day=self._visit(event.visit_id).day,
                visit_id=event.visit_id,
                service_id=event.service_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
            )
        )

    def _rated(self, seq: int, event: e.VisitRated) -> None:
        satisfied = self.context.meaning.satisfied.get(event.scale_id, frozenset())
        self.touched.ratings.append(
            RatingRow(
                seq=seq,
                day=self._visit(event.visit_id).day,
                rated_day=self.context.day,
                visit_id=event.visit_id,
                service_id=event.service_id,
                counter_id=event.counter_id,
                clerk_id=event.clerk_id,
                channel=event.channel,
                scale_id=event.scale_id,
                level=event.level,
                satisfied=event.level in satisfied,
            )
        )

    def _pressed(self, seq: int, event: e.RatingPressed) -> None:
        self.touched.presses.append(
            PressRow(
                seq=seq,
                day=self.context.day,
                visit_id=event.visit_id,
                counter_id=event.counter_id,
                function_id=event.function_id,
                channel=event.channel,
                level=event.level,
                flag=event.flag,
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


def meaning_of(configuration: Configuration) -> Meaning:
    """Take from a configuration what reports need to know of its ids."""
    scale = configuration.rating_scale
    return Meaning(
        services={
            one.service_id: ServiceMeaning(names=one.names, target_waiting_s=one.target_waiting_s)
            for one in configuration.services
        },
        outcome_names={one.outcome_id: one.names for one in configuration.outcomes},
        reason_names={one.reason_id: one.names for one in configuration.reasons},
        served_outcomes=frozenset(one.outcome_id for one in configuration.outcomes if one.served),
        satisfied={scale.scale_id: frozenset(level.level for level in scale.levels if level.satisfied)},
        class_names={one.priority_class_id: one.names for one in configuration.priority_classes},
    )


def _seconds(begin: str, end: str) -> int | None:
    """Count the seconds between two instants; a number from a kiosk's own range may be told of late, never early."""
    if not begin:
        return None
    return max(0, round((datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()))
