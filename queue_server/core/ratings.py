"""Decisions about ratings: the system asks, the citizen answers, and every press is kept.

A window opens by itself when a service ends with an outcome that counts as served, or when a served visit is sent on;
no clerk opens it and no clerk is shown it. Within the window the last press of each channel counts, so that a citizen
may think again; presses outside it, bounces and presses at the wrong counter are kept with a flag that says why they
do not count. The window closes by time, or within a short grace once the counter calls the next citizen, or at once
when the next service starts: then someone else stands at the keys. It closes too when its own visit's service starts at
another counter: the citizen stands there now. One visit gives at most one rating per channel.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.commands import RatingChannel
from protocol.configuration import RatingScale, SatisfactionRules
from protocol.events import PressFlag
from queue_server.core.ballots import answered_by_link, surprise_of
from queue_server.core.refusals import Refusal
from queue_server.core.request import Request
from queue_server.core.state import Branch, CounterToday, Visit, Window
from queue_server.core.tickets import Events, need_live_link

_AT_COUNTER: Final[frozenset[RatingChannel]] = frozenset({"keypad", "terminal"})

_MEANT: Final[frozenset[PressFlag]] = frozenset({"", "too_soon", "debounce", "burst", "clerk_side"})
"""The flags of presses that were surely meant for the open question."""


def open_window(branch: Branch, counter: CounterToday, visit: Visit, at: datetime, *, goes_on: bool = False) -> Events:
    """Ask for a rating of this visit, unless it has given one at a counter already.

    Whoever was called a few seconds ago has hardly been served, however the call was ended: no question is open then
    that a clerk could answer alone. A visit that is over so fast may be rated by its link, for the citizen who was
    sent away; one that goes on (``goes_on``) will be asked where it is served.
    The questions before it were shut when this service started, so two never stand open at one counter, nor about one
    visit. Where it starts and ends in one step, an answer given at another counter is being counted just now.
    """
    answered = any(
        other.window is not None and other.window.visit_id == visit.visit_id and other.window.presses
        for other in branch.counters.values()
    )
    if answered or not _AT_COUNTER.isdisjoint(visit.rated_by):
        return ()
    is_short = _was_too_short(branch, visit, at)
    if is_short and goes_on:
        return ()
    asks = branch.stopped is None and not is_short
    window_s = branch.configuration.policies.rating_window_s if asks else 0
    opened = e.RatingOpened(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=counter.clerk_id,
        visit_id=visit.visit_id,
        service_id=visit.service_id,
        nonce=_digest("window", visit.visit_id, str(visit.call_id)),
        scale_id=branch.hall.scale_on(branch.day).scale_id,
        tone=branch.hall.tone_of(visit.service_id, visit.procedure_code),
        closes_at=at + timedelta(seconds=window_s),
    )
    if asks:
        return (opened,)
    # Shut as it opens: nobody is asked at the counter, but the visit may be rated by its link.
    closed = e.RatingClosed(
        at=at, counter_id=counter.counter_id, clerk_id=counter.clerk_id, visit_id=visit.visit_id, nonce=opened.nonce
    )
    return (opened, closed)


def close_window(counter: CounterToday, at: datetime) -> Events:
    """Shut the question that is open at this counter, and count its last press of each channel."""
    window = counter.window
    if window is None:
        return ()
    closed = e.RatingClosed(
        at=at,
        counter_id=counter.counter_id,
        clerk_id=window.clerk_id,
        visit_id=window.visit_id,
        nonce=window.nonce,
    )
    rated = [
        e.VisitRated(
            at=at,
            counter_id=counter.counter_id,
            clerk_id=window.clerk_id,
            visit_id=window.visit_id,
            service_id=window.service_id,
            channel=channel,
            scale_id=window.scale_id,
            level=press.level,
            reasons=press.reasons,
        )
        for channel, press in sorted(window.presses.items())
    ]
    return (closed, *rated)


def press_rating(branch: Branch, request: Request, command: c.PressRating, at: datetime) -> Events:
    """Keep a press, and say whether it counts; the same ``press_id`` again changes nothing."""
    if command.press_id in branch.press_ids:
        return ()
    function = request.actor.function
    assert function is not None, "only a function of a device presses"
    counter = branch.counters.get(function.counter_id)
    flag = _flag(branch, function, command, at)
    window = counter.window if counter is not None else None
    known = {reason.reason_id for reason in _asked_by(branch, window).reasons}
    return (
        e.RatingPressed(
            at=at,
            press_id=command.press_id,
            device_id=request.actor.device_id,
            function_id=function.function_id,
            counter_id=function.counter_id,
            visit_id=window.visit_id if window is not None and flag in _MEANT else "",
            channel="terminal" if function.kind == "rating_terminal" else "keypad",
            level=command.level,
            reasons=tuple(reason for reason in command.reasons if reason in known),
            pressed_at=command.pressed_at,
            flag=flag,
        ),
    )


def rate_by_link(branch: Branch, request: Request, command: c.RateByLink, at: datetime) -> Events:
    """Count a rating by the ticket's link, once; a second one is kept with a flag.

    Whose visit was drawn by a surprise campaign answers that: the rating is of the channel that asked.
    """
    if not request.facts.secret_valid:
        raise Refusal("secret_wrong")
    visit = branch.visits.get(command.visit_id) or request.facts.old_visit
    if visit is None:
        raise Refusal("unknown_visit")
    need_live_link(branch, request, visit)
    scale = _shown_on_link(branch, command.scale_id)
    if not visit.served or command.level not in _levels(scale):
        raise Refusal("not_rateable")
    known = {reason.reason_id for reason in scale.reasons}
    reasons = tuple(reason for reason in command.reasons if reason in known)
    again = visit.presses_by_link > 0
    pressed = e.RatingPressed(
        at=at,
        press_id=_digest("link", visit.visit_id, str(visit.presses_by_link)),
        device_id=request.actor.device_id,
        function_id=command.function_id,
        counter_id=visit.counter_id,
        visit_id=visit.visit_id,
        channel="link",
        level=command.level,
        reasons=reasons,
        pressed_at=at,
        flag="duplicate_link" if again else "",
    )
    if again:
        return (pressed,)
    surprise = surprise_of(branch, visit)
    if surprise is not None:
        return (pressed, *answered_by_link(surprise, scale.scale_id, command.level, reasons, at))
    return (
        pressed,
        e.VisitRated(
            at=at,
            counter_id=visit.counter_id,
            clerk_id=visit.clerk_id,
            visit_id=visit.visit_id,
            service_id=visit.service_id,
            channel="link",
            scale_id=scale.scale_id,
            level=command.level,
            reasons=reasons,
        ),
    )


def link_rating(branch: Branch, request: Request, visit: Visit) -> v.LinkRating | None:
    """Give what the link of a visit asks: nothing until it is over and was served, and nothing to anybody else.

    Staff never learn whether a visit was rated, so only the public pages, which have its secret, are told.
    """
    is_public = any(function.kind == "public" for function in request.actor.functions)
    if not is_public or not visit.served or visit.state != "ended":
        return None
    return v.LinkRating(
        scale=branch.hall.scale_on(branch.day),
        tone=branch.hall.tone_of(visit.service_id, visit.procedure_code),
        given=visit.presses_by_link > 0,
        drawn=surprise_of(branch, visit) is not None,
        after_words=branch.hall.after_words_of(visit.service_id, visit.procedure_code),
    )


def _was_too_short(branch: Branch, visit: Visit, at: datetime) -> bool:
    """Tell whether a visit that ends now cannot have been a service.

    Told from the call, since clerks may end a service that they never marked as begun.
    """
    least = timedelta(seconds=branch.configuration.satisfaction.rating_least_s)
    return visit.called_at is not None and at - visit.called_at < least


def _flag(branch: Branch, function: c.FunctionDescription, command: c.PressRating, at: datetime) -> PressFlag:  # noqa: PLR0911 -- one way out per flag.
    """Say why this press does not count; empty when it does. The first reason that holds is given."""
    if not branch.day_open:
        return "outside_hours"
    counter = branch.counters.get(function.counter_id)
    window = counter.window if counter is not None else None
    if command.level not in _levels(_asked_by(branch, window)):
        return "unknown_level"
    if counter is None:
        return "wrong_counter"
    if command.nonce and (window is None or command.nonce != window.nonce):
        elsewhere = any(other.window and other.window.nonce == command.nonce for other in branch.counters.values())
        return "wrong_counter" if elsewhere else "stale_window"
    if command.buffered and not command.nonce:
        return "buffered"
    if window is None or at >= window.closes_at:
        return "no_open_window"
    return _flag_in_window(branch, function, window, command, at)


def _flag_in_window(
    branch: Branch, function: c.FunctionDescription, window: Window, command: c.PressRating, at: datetime
) -> PressFlag:
    policies = branch.configuration.policies
    if at - window.opened_at < timedelta(milliseconds=policies.rating_too_soon_ms):
        return "too_soon"
    # Told by the keys' own clock: what waited for the link arrives all at once, though a mind was changed in between.
    last = window.last_pressed_at.get(command.function_id)
    if last is not None and abs(command.pressed_at - last) < timedelta(milliseconds=policies.rating_debounce_ms):
        return "debounce"
    if _is_burst(window, command, branch.configuration.satisfaction):
        return "burst"
    if function.near_clerk:
        return "clerk_side"
    return ""


def _is_burst(window: Window, command: c.PressRating, rules: SatisfactionRules) -> bool:
    """Tell whether these keys were pressed so often just before that nobody answers like that."""
    span = timedelta(seconds=rules.rating_burst_s)
    before = window.presses_at.get(command.function_id, [])
    recent = sum(abs(command.pressed_at - pressed_at) < span for pressed_at in before)
    return recent >= rules.rating_burst_presses


def _asked_by(branch: Branch, window: Window | None) -> RatingScale:
    """Give the scale of the open question; without one, today's."""
    today = branch.hall.scale_on(branch.day)
    return branch.hall.scales.get(window.scale_id, today) if window is not None else today


def _shown_on_link(branch: Branch, scale_id: str) -> RatingScale:
    """Give the scale that the page of a link had shown; one that has meanwhile given way is asked anew, not guessed."""
    today = branch.hall.scale_on(branch.day)
    if scale_id not in {"", today.scale_id}:
        raise Refusal("scale_changed")
    return today


def _levels(scale: RatingScale) -> frozenset[int]:
    return frozenset(level.level for level in scale.levels)


def _digest(*parts: str) -> str:
    """Give 32 hex digits that name these parts, the same on every replay."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]
