"""A monkey at the kiosk: whatever happens in whatever order, no screen is a trap and no visit has two numbers."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.ticket import model as m
from protocol.views import Done, Refused
from tests.support.kiosks import Scene, ward_view, with_service

WORLD = st.sampled_from(
    ["disk", "bad disk", "number", "none", "refuse", "busy", "done", "up", "gone", "wait", "long wait"]
)
PAPER = st.sampled_from(["queued", "confirmed", "held", "uncertain", "failed", "void"])
VIEWS = (
    ward_view(),
    with_service(ward_view(), "land", state="quota_reached"),
    with_service(ward_view(), "civil_status", state="closed"),
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("touch"), st.integers(0, 60)),
        st.tuples(st.just("world"), WORLD),
        st.tuples(st.just("paper"), PAPER),
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
