"""A monkey at the kiosk: whatever happens in whatever order, no screen is a trap and no visit has two numbers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.codecs.withheld import Withheld
from kiosk.ticket import flow
from kiosk.ticket import model as m
from kiosk.ticket.scans import CardScan, DossierScan, UnknownScan
from protocol.views import Done, Refused
from tests.support.kiosks import Scene, limited_view, ward_view, with_service
from tests.support.scans import found, scanned, told_held

WORLD = st.sampled_from(
    [
        "disk",
        "bad disk",
        "number",
        "none",
        "refuse",
        "busy",
        "done",
        "up",
        "gone",
        "wait",
        "long wait",
        "limit",
        "held",
        "introduced",
    ]
)
PAPER = st.sampled_from(["queued", "confirmed", "held", "uncertain", "failed", "void"])
VIEWS = (
    ward_view(),
    with_service(ward_view(), "land", state="quota_reached"),
    with_service(ward_view(), "civil_status", state="closed"),
    limited_view(known_by=("citizen_card", "receipt")),
    limited_view(),
)
SCANS = (
    CardScan("•••••••••345", Withheld("001099012345")),
    CardScan("•••••••••346", Withheld("001099012346")),
    DossierScan(Withheld("H15.50.05.13-261008-0975")),
    UnknownScan(),
    None,
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("touch"), st.integers(0, 60)),
        st.tuples(st.just("world"), WORLD),
        st.tuples(st.just("paper"), PAPER),
        st.tuples(st.just("scan"), st.sampled_from(SCANS)),
        st.tuples(st.just("view"), st.integers(0, len(VIEWS) - 1)),
    ),
    max_size=60,
)


class World:
    """Answers what is open, late and in any order, and keeps the books."""

    def __init__(self) -> None:
        self.scene = Scene().opened().with_catalogue()
        self.next_number = 1
        self.shown: dict[str, set[str]] = {}

    def move(self, kind: str, what: Any) -> None:
        scene = self.scene
        if kind == "touch":
            actions = scene.actions
            scene.touch(actions[what % len(actions)])
        elif kind == "view":
            scene.view = VIEWS[what]
            scene.happen(m.Viewed(scene.view))
        elif kind == "scan":
            scanned(scene, what)
        elif kind == "paper" and scene.count(m.Print):
            scene.printer(what, "paper_out" if what == "held" else "")
        elif kind == "world":
            self.world(what)
        for number in filter(None, [scene.shown_number]):
            self.shown.setdefault(scene.page.subject, set()).add(number)

    def world(self, what: str) -> None:
        scene = self.scene
        if what in {"disk", "bad disk"} and scene.count(m.KeepVisit):
            scene.disk(ok=what == "disk")
        elif what == "number" and scene.count(m.Ask, "TakeTicket"):
            scene.number(self.next_number)
            self.next_number += 1
        elif what in {"none", "refuse", "busy", "done"} and scene.count(m.Ask):
            code = {"refuse": "quota_reached", "busy": "busy"}.get(what, "")
            reply = Refused(code=code) if code else Done() if what == "done" else None
            ask = scene.last(m.Ask, "TakeTicket") if scene.count(m.Ask, "TakeTicket") and code else scene.last(m.Ask)
            scene.happen(m.Replied(ask.request_id, reply))
        elif what == "limit" and scene.count(m.Ask, "TakeTicket"):
            ask = scene.last(m.Ask, "TakeTicket")
            scene.happen(m.Replied(ask.request_id, Refused(code="person_day", sentences={"vi": "Đã có số."})))
        elif what == "held" and scene.count(m.Ask, "FindHeldNumber"):
            told_held(scene, found(secret="5e" * 16, copies=1))
        elif what == "introduced" and scene.count(m.Ask, "Introduce"):
            scene.introduced()
        elif what in {"up", "gone"}:
            scene.happen(m.LinkChanged("up" if what == "up" else "gone"))
        elif what in {"wait", "long wait"}:
            scene.later(2 if what == "wait" else 200)


@settings(max_examples=150, deadline=None)
@given(MOVES)
def test_whatever_happens_there_is_a_way_back_and_one_number_per_visit(moves: list[tuple[str, Any]]) -> None:
    world = World()
    for kind, what in moves:
        world.move(kind, what)
        page = world.scene.page
        assert page.title
        keys = {key.action for key in page.keys}
        assert {"key:language", "key:large_text", "key:high_contrast", "key:low_reach", "key:help"} == keys
        ways_on = set(world.scene.actions) - keys
        resting = page.name in {"services", "not_ready", "gone", "closed"}
        assert page.busy or resting or ways_on & {"start_again", "done", "stay"}, page.name
    for visit_id, numbers in world.shown.items():
        assert len(numbers) == 1, f"visit {visit_id} was shown {numbers}"
    own = [(one.day, one.prefix, one.number) for one in world.scene.state.offline_numbers]
    assert len(own) == len(set(own))
    # And whatever it was: answered by nobody, the kiosk stands ready for the next citizen in the end.
    scene = world.scene
    confirm = scene.state.screen
    if isinstance(confirm, m.Confirm) and confirm.busy:
        scene.disk()
        if isinstance(scene.state.screen, m.Confirm) and scene.state.screen.busy:
            scene.happen(m.Replied(scene.last(m.Ask, "TakeTicket").request_id, None))
            if isinstance(scene.state.screen, m.Confirm) and scene.state.screen.busy:
                scene.disk()
    scene.later(300).later(300)
    assert scene.page.name in {"services", "not_ready", "gone", "closed"}


def test_a_number_whose_printer_says_nothing_asks_for_no_tick_until_it_may_go() -> None:
    scene = Scene().opened().touch("service:civil_status", "class:usual", "take").disk().number(25)
    scene.later(scene.settings.print_real_s + 1)
    assert scene.page.name == "number"
    wait_s = flow.seconds_to_next(scene.state, m.Now(scene.hall_at, scene.real_s, ""), 1.0)
    assert wait_s is not None
    assert wait_s > 30
