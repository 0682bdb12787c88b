"""The programs of pages, in one list: the tests of every route, every header and every stored text walk all of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from protocol.configuration import Configuration
from queue_server.web.doors import may_open
from tests.support.logs import follow_log
from tests.support.paper_hall import furnish
from tests.support.tables import play
from tests.support.web_pages import PEOPLE, Pages, staff_pages

ROOT = Path(__file__).parents[2]

MORNING = """
    at 08:00
    signin an 1
    open 1
    take V1 civil_status
    take V2 civil_status
    take V3 land
    at 08:20
    call 1
    start 1
    wait 300
    end 1 received
    wait 5
    rate 1 2
    wait 120
    choose 1 V3 frail
"""


@dataclass(frozen=True)
class Program:
    """A program of pages: how it is served before a hall on paper, who comes to it, and where its sources are."""

    name: str
    served: Callable[..., AbstractContextManager[Pages]]
    """Takes a folder of its own, and `behind_tls`."""
    people: tuple[str, ...]
    """One person of each role; "" is somebody whom nobody knows. Who may press more comes before who may look."""
    sources: Path
    may_open: Callable[[str, str], bool]
    """Tells whether a door (an endpoint) opens to one of the people."""


@contextmanager
def staff(folder: Path, *, behind_tls: bool = False, configuration: Configuration | None = None) -> Iterator[Pages]:
    """Serve the staff pages after a short morning."""
    follow_log(folder, play(MORNING, configuration).hall.events())
    with staff_pages(folder, behind_tls=behind_tls) as pages:
        furnish(pages.hall)
        yield pages


def _one_of(role: str) -> str:
    return next(clerk_id for clerk_id, (_, own) in PEOPLE.items() if own == role)


PROGRAMS = (
    Program(
        "staff",
        staff,
        ("", *(_one_of(role) for role in ("manager", "technician", "usher", "clerk", "inspector"))),
        ROOT / "queue_server" / "web",
        lambda endpoint, clerk_id: may_open(endpoint, PEOPLE[clerk_id][1] if clerk_id else None),  # type: ignore[arg-type]  # The table of people holds roles.
    ),
)
