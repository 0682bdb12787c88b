"""Both sides of a replay as figures: waits by class and by service, before and after. Pure.

Waits, percentiles and shares are those of the reports (`queue_server.reporting.figures`): from the ticket to the first
call, of visits that were called. The people are the same on both sides: who could not be repeated is left out of both.
Both sides are held against the draft's own targets.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from protocol.configuration import Configuration, Words
from queue_server.replay.player import Played
from queue_server.replay.story import Called, Story
from queue_server.reporting.figures import Share, Spread, share, spread


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side: who was called, how long they had waited, for how many the promise was kept, who never was called."""

    waiting: Spread
    longest_s: int | None
    within_target: Share
    never_called: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Both sides of a class, a service, or (with an empty id) the hall."""

    row_id: str
    names: Words
    visits: int
    before: Side
    after: Side


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay found."""

    configuration_id: str
    days: tuple[str, ...]
    days_left_out: tuple[str, ...]
    """Days that were never closed."""
    visits: int
    calls_before: int
    calls_after: int
    same_calls: int
    """Calls of the same visit by the same counter at the same instant and by the same clause."""
    all: Row
    classes: tuple[Row, ...]
    services: tuple[Row, ...]
    unrepeated: dict[str, int]
    strange: dict[str, int]
    not_played: tuple[str, ...]
    """Parts of the draft that differ from what was effective and that a replay says nothing about."""
    days_reconfigured: int


class _Seen(msgspec.Struct, frozen=True):
    """One visit on both sides; seconds, or None where it was never called."""

    service_id: str
    before_class_id: str
    after_class_id: str
    before_s: int | None
    after_s: int | None
    target_s: int


NOT_PLAYED = ("calendar", "numbers_per_person", "kiosk_ranges")
"""Whole parts of a configuration that decide who gets a number, and not who is next."""


class Gathering:
    """Takes up day after day, and gives the comparison."""

    def __init__(self, draft: Configuration) -> None:
        self._draft = draft
        self._targets = {one.service_id: one.target_waiting_s for one in draft.services}
        self._days: list[str] = []
        self._left_out: list[str] = []
        self._seen: list[_Seen] = []
        self._counts = Counter[str]()
        self._unrepeated = Counter[str]()
        self._strange = Counter[str]()
        self._not_played: set[str] = set()

    def leave_out(self, day: str) -> None:
        """Note a day that was never closed."""
        self._left_out.append(day)

    def add(self, story: Story, played: Played) -> None:
        """Take up one day."""
        self._days.append(story.opened.day)
        self._unrepeated.update(played.unrepeated)
        self._strange.update(story.strange)
        self._counts["before"] += len(story.calls)
        self._counts["after"] += len(played.calls)
        self._counts["same"] += len(set(story.calls) & set(played.calls))
        self._counts["reconfigured"] += bool(story.reconfigured)
        self._not_played.update(_not_played(story.configuration, self._draft))
        before, after = _first_calls(story.calls), _first_calls(played.calls)
        for visit_id in story.visits:
            if visit_id in played.visit_ids:
                self._seen.append(self._both(story, visit_id, before.get(visit_id), after.get(visit_id)))

    def _both(self, story: Story, visit_id: str, before: Called | None, after: Called | None) -> _Seen:
        taken = story.visits[visit_id].taken

        def waited(call: Called | None) -> int | None:
            return None if call is None else int((call.at - taken.taken_at).total_seconds())

        return _Seen(
            service_id=taken.service_id,
            before_class_id=before.priority_class_id if before else taken.priority_class_id,
            after_class_id=after.priority_class_id if after else taken.priority_class_id,
            before_s=waited(before),
            after_s=waited(after),
            target_s=self._targets[taken.service_id],
        )

    def comparison(self) -> Comparison:
        """Give what was found."""
        draft, seen = self._draft, self._seen
        return Comparison(
            configuration_id=draft.configuration_id,
            days=tuple(self._days),
            days_left_out=tuple(self._left_out),
            visits=len(seen),
            calls_before=self._counts["before"],
            calls_after=self._counts["after"],
            same_calls=self._counts["same"],
            all=_row("", {}, seen, seen),
            classes=tuple(
                _row(
                    one.priority_class_id,
                    one.names,
                    [visit for visit in seen if visit.before_class_id == one.priority_class_id],
                    [visit for visit in seen if visit.after_class_id == one.priority_class_id],
                )
                for one in draft.priority_classes
            ),
            services=tuple(
                _row(one.service_id, one.names, here, here)
                for one in draft.services
                for here in [[visit for visit in seen if visit.service_id == one.service_id]]
            ),
            unrepeated={name: number for name, number in sorted(self._unrepeated.items()) if number},
            strange=dict(sorted(self._strange.items())),
            not_played=tuple(sorted(self._not_played)),
            days_reconfigured=self._counts["reconfigured"],
        )


def _first_calls(calls: Iterable[Called]) -> dict[str, Called]:
    first: dict[str, Called] = {}
    for call in calls:
        first.setdefault(call.visit_id, call)
    return first


def _row(row_id: str, names: Words, before: list[_Seen], after: list[_Seen]) -> Row:
    return Row(
        row_id=row_id,
        names=names,
        visits=len(after),
        before=_side([(visit.before_s, visit.target_s) for visit in before]),
        after=_side([(visit.after_s, visit.target_s) for visit in after]),
    )


def _side(waits: list[tuple[int | None, int]]) -> Side:
    called = [(waited_s, target_s) for waited_s, target_s in waits if waited_s is not None]
    return Side(
        waiting=spread(waited_s for waited_s, _ in called),
        longest_s=max((waited_s for waited_s, _ in called), default=None),
        within_target=share(sum(waited_s <= target_s for waited_s, target_s in called), len(called)),
        never_called=len(waits) - len(called),
    )


def _not_played(effective: Configuration, draft: Configuration) -> Iterable[str]:
    yield from (name for name in NOT_PLAYED if getattr(effective, name) != getattr(draft, name))
    quotas = [{one.service_id: one.daily_quota for one in side.services} for side in (effective, draft)]
    if quotas[0] != quotas[1]:
        yield "daily_quota"
    if effective.policies.waiting_limit != draft.policies.waiting_limit:
        yield "waiting_limit"
