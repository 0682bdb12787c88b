"""Today's figures and advice for the hall's page: asked for at every beat of every page, looked up now and then."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from presentation.texts import Words
from protocol.views import HallView
from queue_server.reporting.advice import Advice, NoAdvice
from queue_server.reporting.definitions import BY_ID
from queue_server.reporting.questions import FigureRow, Question, answer
from queue_server.reporting.tables import NoReports
from queue_server.web.figures_page import cells_of, columns_of
from queue_server.web.hall_advice import AdvicePage, Advisor

LOOKED_UP_EVERY_S: Final = 10.0
SHOWN: Final = ("waiting", "within_target", "service", "papers_missing", "no_shows", "by_hand", "idle")
"""The figures of today that the hall does not show already."""


@dataclass(frozen=True)
class TodayFigure:
    """A figure of today in words."""

    label: str
    counted: str
    text: str
    below: str


@dataclass(frozen=True)
class TodayPage:
    """What the region says; no advice while the hall is closed, no figures before the first of them."""

    advice: AdvicePage | None
    figures: tuple[TodayFigure, ...]


class Today:
    """The figures and the advice, each as of a short while ago."""

    def __init__(self, reports: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._reports = reports
        self._monotonic = monotonic
        self._advisor = Advisor(reports, monotonic)
        self._lock = threading.Lock()
        self._day = ""
        self._at = 0.0
        self._row: FigureRow | None = None

    def advice(self, hall: HallView, at: datetime) -> Advice | NoAdvice | None:
        """Give the advice for the hall as it stands; None until one was worked out."""
        return self._advisor.advice(hall, at)

    def figures(self, day: str) -> FigureRow | None:
        """Give the figures of a day; None when the tables do not know the day yet."""
        with self._lock:
            if self._day != day or self._monotonic() >= self._at + LOOKED_UP_EVERY_S:
                self._day, self._row = day, self._looked_up(day)
                self._at = self._monotonic()
            return self._row

    def _looked_up(self, day: str) -> FigureRow | None:
        try:
            found = answer(self._reports, Question(first_day=day, last_day=day))
        except NoReports:
            return None
        return found.whole if found.days else None


def figures_page(row: FigureRow | None, words: Words) -> tuple[TodayFigure, ...]:
    """Write the figures of today."""
    if row is None:
        return ()
    return tuple(
        TodayFigure(label, counted, cell.text, cell.below)
        for figure_id in SHOWN
        for (_, label, counted), cell in zip(
            columns_of(BY_ID[figure_id], words), cells_of(BY_ID[figure_id], row.values[figure_id], words), strict=True
        )
    )
