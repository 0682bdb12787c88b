"""The rows that a batch of events made or changed."""

from dataclasses import dataclass, field

from queue_server.reporting.inquiry_steps import InquiryStepRow
from queue_server.reporting.month_rows import ClosingRow, CorrectionRow, EvaluationRow
from queue_server.reporting.rows import (
    BallotRow,
    CallRow,
    DayRow,
    NoShowRow,
    PressRow,
    PriorityRow,
    QuestionRow,
    RatingRow,
    SilenceRow,
    StageRow,
    StopRow,
    StretchRow,
    TransferRow,
    VisitRow,
    VoiceStepRow,
)


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
    no_shows: list[NoShowRow] = field(default_factory=list)
    transfers: list[TransferRow] = field(default_factory=list)
    stretches: list[StretchRow] = field(default_factory=list)
    stops: list[StopRow] = field(default_factory=list)
    closings: list[ClosingRow] = field(default_factory=list)
    corrections: list[CorrectionRow] = field(default_factory=list)
    evaluations: list[EvaluationRow] = field(default_factory=list)
    ballots: dict[str, BallotRow] = field(default_factory=dict)
    voice_steps: list[VoiceStepRow] = field(default_factory=list)
    inquiry_steps: list[InquiryStepRow] = field(default_factory=list)
    silences: dict[str, SilenceRow] = field(default_factory=dict)
