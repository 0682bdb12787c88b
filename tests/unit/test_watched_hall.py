"""What the programs of pages ask of the server by themselves: who they are, and the catalogue, once."""

from collections.abc import Callable

from msgspec.structs import replace

from protocol.commands import AnyCommand, FetchCatalogue
from protocol.views import AnyReply
from queue_server.watched_hall import WatchedHall
from tests.support.paper_hall import PaperHall, kiosk_view


class CountingHall(PaperHall):
    """A hall on paper that counts the pages of the catalogue it was asked for."""

    fetched = 0

    def ask(
        self,
        command: AnyCommand,
        on_reply: Callable[[AnyReply | None], None],
        *,
        request_id: str | None = None,
        deadline_s: float = 10,
    ) -> str:
        self.fetched += isinstance(command, FetchCatalogue)
        return super().ask(command, on_reply, request_id=request_id, deadline_s=deadline_s)


def test_a_catalogue_is_fetched_once_and_an_empty_one_not_at_all() -> None:
    paper = CountingHall()
    hall = WatchedHall(paper.opened, ("kiosk",), "staff")
    hall.start()
    for _ in range(3):
        paper.publish("kiosk", kiosk_view())
    assert (paper.fetched, len(hall.procedures)) == (2, 3), "its two pages"
    for _ in range(3):
        paper.publish("kiosk", replace(kiosk_view(), catalogue_hash="empty", catalogue_pages=0))
    assert (paper.fetched, hall.procedures) == (2, {}), "a hall without procedures has no page"
    paper.publish("kiosk", kiosk_view())
    assert (paper.fetched, len(hall.procedures)) == (4, 3), "another configuration has some again"
    hall.close()
