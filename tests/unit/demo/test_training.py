"""A training hall: the real one's text with a mark, its own people and day; no way from one kind to the other."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.paper import ticket_content
from motcua.commands import Problem
from motcua.demo.training import Training, day_for, marked, people_for, sources_of, write_hall
from motcua.workbench.words import read_texts
from protocol import commands as c
from protocol import events as e
from protocol import views as v
from protocol.configuration import Configuration, TicketLink
from queue_server import core
from queue_server.config import load, parse
from queue_server.reporting.fold import Fold, TrainingHall
from queue_server.reporting.rows import Context
from tests.support.halls import small_hall
from tests.support.kiosks import TO_NUMBER, Scene
from tests.support.tables import play

CONFIG = Path(__file__).parents[3] / "config"
MARK = {"vi": "TẬP HUẤN", "en": "TRAINING"}
TEXTS = read_texts(CONFIG)


def training_hall(**changes: object) -> Configuration:
    return small_hall(training=MARK, configuration_id="b" * 64, **changes)


@pytest.mark.parametrize("hall", ["branch.toml", "demo/large.toml"])
def test_a_marked_hall_is_the_same_hall_but_for_its_mark(hall: str) -> None:
    plain, sources = load(CONFIG / hall)
    trained = parse(marked(sources, TEXTS))
    assert trained.training == MARK
    assert msgspec.structs.replace(trained, training={}, configuration_id="") == msgspec.structs.replace(
        plain, configuration_id=""
    )
    with pytest.raises(Problem, match="training hall already"):
        marked(marked(sources, TEXTS), TEXTS)


def test_the_mark_stands_before_the_name_on_every_screen() -> None:
    table = play("at 08:00", training_hall())
    branch, at = table.hall.branch, table.hall.at
    names = [
        core.kiosk_view(branch, {}, at).names,
        core.hall_view(branch, {}, at).names,
        *(core.board_view(branch, zone_id, {}, at).names for zone_id in branch.hall.zones),
    ]
    for one in names:
        assert one["vi"].startswith("TẬP HUẤN · ")
        assert one["en"].startswith("TRAINING · ")
    plain = play("at 08:00").hall
    assert core.kiosk_view(plain.branch, {}, plain.at).names == plain.branch.configuration.names


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_paper_says_that_it_is_worth_nothing(language: str) -> None:
    keys = ("key:language",) if language == "en" else ()
    scene = Scene().opened().touch(*keys, *TO_NUMBER).disk().number(25)
    ticket = scene.last(m.Print).ticket
    marked_view = msgspec.structs.replace(scene.view, training=True)
    assert ticket_content(ticket, marked_view, None, TEXTS).notices == (TEXTS("ticket.training", language),)
    assert ticket_content(ticket, scene.view, None, TEXTS).notices == ()


def configure(branch_hall: Configuration, wanted: Configuration) -> str:
    table = play("at 08:00", branch_hall)
    facts = table.hall.facts(configuration=wanted)
    command = c.Configure(function_id="technician-1", sources={}, effective="next_day")
    reply = table.hall.ask(command, facts=facts)
    return reply.code if isinstance(reply, v.Refused) else "ok"


def test_a_branch_is_of_one_kind_for_ever() -> None:
    real, other = small_hall(), small_hall(configuration_id="c" * 64, hotline="1022")
    assert configure(real, other) == "ok"
    assert configure(real, training_hall()) == "training_mixed"
    assert configure(training_hall(), other) == "training_mixed"


def test_no_report_is_made_of_a_training_hall() -> None:
    table = play("at 08:00\nsignin an 1\ntake V1 civil_status\ncall 1\nstart 1\nend 1 received", training_hall())
    fold = Fold(Context(), stored_visit=lambda _: None, stored_day=lambda _: None)
    with pytest.raises(TrainingHall):
        fold.take(1, table.hall.events()[0])
    assert not fold.touched.visits
    assert not fold.touched.days


def test_a_ticket_of_a_training_hall_leads_to_no_page() -> None:
    link = TicketLink(kind="hall_page", base_address="http://10.0.0.2/")
    views = []
    for hall in (small_hall(ticket_link=link), training_hall(ticket_link=link)):
        table = play("at 08:00", hall)
        public = c.FunctionDescription(function_id="public-1", kind="public")
        paired = e.DevicePaired(at=table.hall.at, device_id="public", name="", public_key="p" * 40, functions=(public,))
        core.apply(table.hall.branch, paired)
        views.append(core.kiosk_view(table.hall.branch, {}, table.hall.at).ticket_link)
    assert views == [link, TicketLink()]


def test_its_people_want_what_the_hall_has(seed: int) -> None:
    hall = small_hall()
    people = people_for(hall, seed)
    assert len(people) > 100
    assert people == people_for(hall, seed)
    assert {one.service_id for one in people} == {one.service_id for one in hall.services}
    assert {one.outcome_key for one in people} <= {one.key for one in hall.outcomes if one.served}
    assert {one.priority_class_id for one in people} <= {one.priority_class_id for one in hall.priority_classes}
    limited = msgspec.structs.replace(hall.numbers_per_person, day=1)
    assert people_for(small_hall(numbers_per_person=limited), seed) == (), "they have no cards"


def test_it_is_the_next_morning_on_which_the_hall_works() -> None:
    hall = small_hall()
    monday, tuesday = date(2026, 11, 23), date(2026, 11, 24)
    assert [at.isoformat() for at in day_for(hall, monday)] == [
        "2026-11-23T06:35:00+07:00",
        "2026-11-23T07:59:30+07:00",
    ]
    assert day_for(hall, tuesday)[0].date() == date(2026, 11, 25), "Tuesday is a holiday"
    never = msgspec.structs.replace(hall.calendar, hours=())
    with pytest.raises(Problem, match="no morning"):
        day_for(msgspec.structs.replace(hall, calendar=never), monday)


def test_the_texts_stay_in_their_folder(tmp_path: Path) -> None:
    _, sources = load(CONFIG)
    main = write_hall(Training(marked(sources, TEXTS), 1), tmp_path / "hall")
    assert load(main)[0].training == MARK
    with pytest.raises(Problem, match="outside"):
        write_hall(Training({"../x.toml": ""}, 1), tmp_path / "hall")
    assert sources_of(tmp_path / "nothing", CONFIG) == sources
    (tmp_path / "branch.db").write_text("not a log")
    with pytest.raises(Problem, match="cannot be read"):
        sources_of(tmp_path, CONFIG)
