"""What was usual on a recorded day, for what the draft asks of it and the day itself does not tell. Pure."""

from datetime import timedelta
from statistics import median_low
from typing import Final

from protocol.configuration import Configuration
from queue_server.replay.story import Story, Turns

NOBODY_KNOWS: Final = timedelta(seconds=10)
"""From ready to the next call, on a day without a single call by the rule."""


class Usual:
    """The medians of a day. Low medians: always a span that somebody really took."""

    def __init__(self, story: Story, draft: Configuration) -> None:
        self._turns = story.turns
        gaps = {
            counter_id: [turn.gap for one in turns for turn in one.turns if not turn.by_hand]
            for counter_id, turns in story.turns.items()
        }
        everywhere = [gap for of_counter in gaps.values() for gap in of_counter]
        self._gap = {counter_id: median_low(of_counter) for counter_id, of_counter in gaps.items() if of_counter}
        self._gap_anywhere = median_low(everywhere) if everywhere else NOBODY_KNOWS
        needs: dict[str, list[timedelta]] = {}
        for visit in story.visits.values():
            service_id = visit.taken.service_id
            for stage in visit.stages:
                if stage.ending in ("ended", "transferred") and stage.walk is not None:
                    needs.setdefault(service_id, []).append(stage.walk + stage.work)
                if stage.moved is not None:
                    service_id = stage.moved.to_service_id
        self._need = {service_id: median_low(spans) for service_id, spans in needs.items()}
        self._mean = {one.service_id: timedelta(seconds=one.mean_service_s) for one in draft.services}

    def turns(self, counter_id: str, opening: int) -> Turns | None:
        """Give the turns of a counter's so-many-th opening, counted from 1."""
        turns = self._turns.get(counter_id, [])
        return turns[opening - 1] if 1 <= opening <= len(turns) else None

    def gap(self, counter_id: str) -> timedelta:
        """Give how long this counter usually was ready before it called."""
        return self._gap.get(counter_id, self._gap_anywhere)

    def need(self, service_id: str) -> timedelta:
        """Give how long a counter is usually busy with a visit of this service, from the call to the end."""
        return self._need.get(service_id, self._mean[service_id])
