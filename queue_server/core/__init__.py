"""The rules of one branch, pure: state, decisions, the calling rule, ratings, the calendar, and what terminals see.

    actor = core.actor_of(branch, public_key, command)          # may raise Refusal
    request = core.Request(actor, command, core.Facts(utc_offset_s=25_200))
    events = core.decide(branch, request, at)                   # reads; may raise Refusal
    for event in events:
        core.apply(branch, event)                               # never refuses
    answer = core.reply(branch, request, events, estimates, at)

Nothing here knows a clock, chance, or a disk: they come in as ``at`` and :class:`Facts`.
"""

from queue_server.core.apply import apply, replay
from queue_server.core.apply_visits import visit_of_events
from queue_server.core.calendar import DayPlan, business_date, plan_day
from queue_server.core.calling import Choice, next_visit, next_visits
from queue_server.core.day import next_deadline
from queue_server.core.decide import decide
from queue_server.core.devices import device_meant
from queue_server.core.inquiries import steps_at_hand, words_wanted
from queue_server.core.learning import learned_by
from queue_server.core.permission import actor_of
from queue_server.core.persons import card_needed
from queue_server.core.project import topics, view_of
from queue_server.core.refusals import REFUSALS, Refusal
from queue_server.core.replies import asked_visit, refused, reply
from queue_server.core.request import Actor, Attendance, Facts, Request
from queue_server.core.shown import Estimates
from queue_server.core.snapshot import Snapshot, take_snapshot
from queue_server.core.state import Branch, ClerkToday, Visit, new_branch
from queue_server.core.views_board import board_view
from queue_server.core.views_counter import counter_view, order_view
from queue_server.core.views_kiosk import kiosk_view
from queue_server.core.views_staff import devices_view, hall_view, rating_view

__all__ = [
    "REFUSALS",
    "Actor",
    "Attendance",
    "Branch",
    "Choice",
    "ClerkToday",
    "DayPlan",
    "Estimates",
    "Facts",
    "Refusal",
    "Request",
    "Snapshot",
    "Visit",
    "actor_of",
    "apply",
    "asked_visit",
    "board_view",
    "business_date",
    "card_needed",
    "counter_view",
    "decide",
    "device_meant",
    "devices_view",
    "hall_view",
    "kiosk_view",
    "learned_by",
    "new_branch",
    "next_deadline",
    "next_visit",
    "next_visits",
    "order_view",
    "plan_day",
    "rating_view",
    "refused",
    "replay",
    "reply",
    "steps_at_hand",
    "take_snapshot",
    "topics",
    "view_of",
    "visit_of_events",
    "words_wanted",
]
