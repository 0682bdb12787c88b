"""What events change about alerts and inquiries."""

from collections import deque
from datetime import timedelta
from typing import Final, assert_never

import msgspec

from protocol import events as e
from protocol import inquiry_events as ie
from queue_server.core.alerting import AT_ONCE, answer_of
from queue_server.core.state import Branch
from queue_server.satisfaction.inquiries import stepped

ANSWERS_MOST: Final = 2_000
"""So many answers of a channel are looked at for an alert at most, the last ones."""


def remember_answer(branch: Branch, event: e.VisitRated) -> None:
    """Keep a rating for as long as alerts look back."""
    answer = answer_of(branch, event)
    if answer is None or event.channel not in AT_ONCE:
        return
    lately = branch.answered_lately.setdefault(event.channel, deque(maxlen=ANSWERS_MOST))
    window = timedelta(seconds=branch.configuration.alerts.within_s)
    while lately and lately[0].at + window <= event.at:
        lately.popleft()
    lately.append(answer)


def change_inquiries(branch: Branch, event: ie.InquiryEvent) -> None:  # noqa: C901 -- one case per event.
    """Keep what became of alerts and inquiries."""
    match event:
        case ie.AlertRaised():
            branch.alerts[event.alert.alert_id] = event.alert
        case ie.AlertsKept():
            branch.alerts |= {one.alert_id: one for one in event.alerts}
        case ie.AlertGrew():
            _grow(branch, event)
        case ie.AlertStepped():
            _step(branch, event)
        case ie.InquiryOpened():
            branch.inquiries[event.inquiry.inquiry_id] = event.inquiry
        case ie.InquiriesKept():
            branch.inquiries |= {one.inquiry_id: one for one in event.inquiries}
        case ie.InquiryStepped():
            branch.inquiries[event.inquiry_id] = stepped(branch.inquiries[event.inquiry_id], event.step)
        case ie.InquiriesErased():
            for inquiry_id in event.inquiry_ids:
                branch.inquiries.pop(inquiry_id, None)  # A day opens without those that it erases.
            for alert_id in event.alert_ids:
                branch.alerts.pop(alert_id, None)
        case _:
            assert_never(event)


def _grow(branch: Branch, event: ie.AlertGrew) -> None:
    alert = branch.alerts[event.alert_id]
    is_worse = event.unsatisfied > alert.unsatisfied
    branch.alerts[event.alert_id] = msgspec.structs.replace(
        alert,
        last_at=event.at,
        unsatisfied=event.unsatisfied if is_worse else alert.unsatisfied,
        rated=event.rated if is_worse else alert.rated,
        clerk_ids=tuple(sorted({*alert.clerk_ids, *event.clerk_ids})),
    )


def _step(branch: Branch, event: ie.AlertStepped) -> None:
    alert = branch.alerts[event.alert_id]
    kind = event.step.kind
    branch.alerts[event.alert_id] = msgspec.structs.replace(
        alert,
        state=alert.state if kind == "commented" else kind,
        closed_day=event.day if kind == "closed" else alert.closed_day,
        steps=(*alert.steps, event.step),
    )
