"""Replies to questions of the staff alone."""

from protocol.message import Instant
from protocol.staff_views import WaitingVisit
from protocol.view_parts import Reply


class WaitingListPage(Reply, frozen=True, kw_only=True):
    """Page ``page`` of ``pages`` of all who are here, queue by queue: at a counter, then waiting, in calling order."""

    at: Instant
    page: int
    pages: int
    visits: tuple[WaitingVisit, ...]


class NoteFound(Reply, frozen=True, kw_only=True):
    """What a colleague wrote about a visit, for people to read: plain text, as it was typed."""

    visit_id: str
    note: str
