"""The hall editor before a hall on paper: drafts by text and by forms, differences, publishing, versions, trials."""

import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from protocol.commands import Configure
from protocol.views import Done, Refused
from queue_server.config import MAIN, parse
from queue_server.web.drafts import DRAFTS_FILE
from queue_server.web.hall_forms import PARTS
from queue_server.web.trials import Trials
from tests.support.forms import fields_of
from tests.support.paper_hall import furnish
from tests.support.recorded_hall import DAYS, keep_ward, ward_sources
from tests.support.web_pages import ORIGIN, Pages, Visitor, staff_pages

WARD = ward_sources()


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keep_ward(tmp_path_factory.mktemp("ward"), tickets=60)


@pytest.fixture
def editing(recorded: Path, tmp_path: Path) -> Iterator[Pages]:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "branch.db").write_bytes(recorded.read_bytes())
    with staff_pages(tmp_path / "web") as ready:
        furnish(ready.hall)
        yield ready


@pytest.fixture
def tech(editing: Pages) -> Visitor:
    return editing.signed_in("tech")


def text(editing: Pages) -> str:
    last = editing.parts.editing.drafts.last()
    return last.sources[MAIN] if last else WARD[MAIN]


def number(editing: Pages) -> str:
    last = editing.parts.editing.drafts.last()
    return str(last.number if last else 0)


def save(editing: Pages, tech: Visitor, written: str, *, begun_from: str = "", why: str = "") -> TestResponse:
    form = {
        "text": written.replace("\n", "\r\n"),
        "file": MAIN,
        "why": why,
        "begun_from": begun_from or number(editing),
    }
    return tech.post("/editor/text", "/editor/text", **form)


def publish(editing: Pages, tech: Visitor, effective: str, why: str = "for the elderly") -> TestResponse:
    return tech.post("/editor/publish", "/editor/", begun_from=number(editing), effective=effective, why=why)


def changed(before: str = "slope = 2.5", after: str = "slope = 2.0") -> str:
    assert before in WARD[MAIN]
    return WARD[MAIN].replace(before, after, 1)


# --- By text ---------------------------------------------------------------------------------------------------------


def test_a_text_is_saved_with_who_and_why_and_noted(editing: Pages, tech: Visitor) -> None:
    assert save(editing, tech, changed(), why="thử").status_code == 302
    last = editing.parts.editing.drafts.last()
    assert last is not None
    assert (last.by_id, last.why, last.sources[MAIN]) == ("tech", "thử", changed())
    assert last.sources["catalogue/ward.toml"] == WARD["catalogue/ward.toml"]
    (note,) = [one for one in editing.parts.changes.before(about="tech") if one.what == "draft_saved"]
    assert note.by_id == "tech"
    assert editing.hall.asked == [] or all(not isinstance(one, Configure) for _, one in editing.hall.asked)


def test_mistakes_stand_beside_their_lines_with_their_mend(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed('queue_id = "land"\nprefix', 'queue_id = "attic"\nprefix'))
    page = tech.get("/editor/text").text
    line = 1 + text(editing).splitlines().index('queue_id = "attic"')
    assert f'data-line="{line}"' in page
    assert "Không có hàng chờ “attic”" in page
    assert "Dùng một trong: business, certification" in page
    assert publish(editing, tech, "now").status_code == 409
    assert not any(isinstance(one, Configure) for _, one in editing.hall.asked), "what is wrong is never sent"


def test_what_is_no_toml_can_be_saved_and_mended(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, WARD[MAIN] + "\nnonsense\n")
    assert "không đúng cú pháp TOML" in tech.get("/editor/text").text
    assert tech.get("/editor/parts/services/").status_code == 200
    assert tech.get("/editor/parts/calendar/").status_code == 200
    assert save(editing, tech, WARD[MAIN]).status_code == 302
    assert "nonsense" not in text(editing)


def test_the_second_of_two_is_refused_with_what_changed_and_keeps_what_they_wrote(
    editing: Pages, tech: Visitor
) -> None:
    begun = number(editing)
    save(editing, tech, changed(), begun_from=begun)
    mine = changed("hotline = ", 'nonsense = "mine & only"\nhotline = ')
    answer = save(editing, tech, mine, begun_from=begun)
    assert answer.status_code == 409
    assert "nonsense = &#34;mine &amp; only&#34;" in answer.text, "what was written is in the page still"
    assert "<mark>0</mark>" in answer.text, "and beside it what the other one changed: 2.5 to 2.0"
    assert text(editing) == changed()
    again = fields_of(answer.text.replace('class="text-form"', 'id="x"'), "x")
    assert again["begun_from"] == [number(editing)], "the next save has seen theirs"


def test_a_text_of_all_vietnamese_letters_fits(editing: Pages, tech: Visitor) -> None:
    long = WARD[MAIN] + "# ữ\n" * 40_000
    assert save(editing, tech, long).status_code == 302
    assert text(editing) == long
    assert save(editing, tech, "#" * 2_000_000).status_code == 413


def test_stored_text_is_escaped_everywhere(editing: Pages, tech: Visitor) -> None:
    evil = "<script>alert(1)</script>\"' onload=x"
    written = changed('en = "Land, construction"', f"en = '''{evil}'''").replace(
        'service_id = "land"', f"service_id = '''{evil}'''"
    )
    save(editing, tech, written, why=evil)
    for path in (
        "",
        "text",
        "difference",
        "parts/services/",
        "parts/services/2",
        "parts/queues/2",
        "versions",
        "trial",
    ):
        page = tech.get(f"/editor/{path}").text
        assert "<script>alert" not in page, path
        assert "alert(1)" in page or path in ("", "trial", "versions"), path
    assert "&lt;script&gt;" in tech.get("/editor/versions").text


# --- Further files ---------------------------------------------------------------------------------------------------

PROCEDURE = '[[procedures]]\ncode = "9.1"\nservice_id = "land"\nnames = { vi = "Thủ tục", en = "Procedure" }\n'


def send_file(editing: Pages, tech: Visitor, name: str, body: bytes) -> TestResponse:
    return tech.send_file("/editor/files", "/editor/text", "catalogue", (name, body), begun_from=number(editing))


def test_a_catalogue_file_comes_and_goes(editing: Pages, tech: Visitor) -> None:
    assert send_file(editing, tech, "more.toml", PROCEDURE.encode()).status_code == 302
    draft = editing.parts.editing.draft()
    assert 'catalogues = ["catalogue/ward.toml", "catalogue/evaluation.toml", "catalogue/more.toml"]' in draft.text
    assert draft.configuration is not None
    assert [one.code for one in draft.configuration.catalogue][-1:] == ["9.1"]
    again = PROCEDURE.replace("9.1", "9.2").encode()
    assert send_file(editing, tech, "more.toml", again).status_code == 302, "one of the same name is replaced"
    assert editing.parts.editing.draft().text == draft.text
    form = {"begun_from": number(editing), "file": "catalogue/more.toml"}
    assert tech.post("/editor/files/remove", "/editor/text", **form).status_code == 302
    assert editing.parts.editing.draft().is_effective
    assert tech.post("/editor/files/remove", "/editor/text", file=MAIN, begun_from=number(editing)).status_code == 302
    assert editing.parts.editing.draft().is_effective, "the main file stays"


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("tệp.toml", b"", "wrong_file_name"),
        ("x.txt", b"", "wrong_file_name"),
        ("", b"", "wrong_file_name"),
        ("../.toml", b"", "wrong_file_name"),
        ("x.toml", b"\xff\xfe", "file_no_text"),
        ("x.toml", b"#" * 1_000_001, "too_large"),
    ],
)
def test_what_is_no_catalogue_file_is_refused(editing: Pages, tech: Visitor, name: str, body: bytes, why: str) -> None:
    answer = send_file(editing, tech, name, body)
    assert answer.status_code == 409
    assert editing.parts.texts(f"editor.{why}", "vi") in answer.text
    assert number(editing) == "0", "nothing of it is kept"


# --- By forms --------------------------------------------------------------------------------------------------------


def forms(editing: Pages) -> list[str]:
    raw = tomllib.loads(text(editing))
    found = []
    for part in PARTS:
        listed: object = raw
        for step in part.path:
            listed = listed.get(step, []) if isinstance(listed, dict) else []
        items = listed if isinstance(listed, list) else []
        found += (
            [f"/editor/parts/{part.name}/{index}" for index in range(len(items))]
            if part.is_list
            else [f"/editor/parts/{part.name}/"]
        )
    return found


def send(tech: Visitor, path: str, fields: dict[str, list[str]]) -> TestResponse:
    return tech.client.post(path, data=fields, headers={"Origin": ORIGIN})


def test_a_form_that_is_saved_untouched_leaves_the_file_as_it_is_to_the_byte(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    before, paths = number(editing), forms(editing)
    assert len(paths) > 60
    for path in paths:
        fields = fields_of(tech.get(path).text, "hall-form")
        assert len(fields) > 2, path
        answer = send(tech, path, fields)
        assert answer.status_code == 302, path
        assert text(editing) == changed(), path
        assert number(editing) == before, f"{path}: nothing was changed, so nothing is saved"


def test_a_form_changes_its_own_lines_alone(editing: Pages, tech: Visitor) -> None:
    path = "/editor/parts/services/2"
    fields = fields_of(tech.get(path).text, "hall-form")
    fields |= {"target_waiting_s": ["2400"], "names.en": ["Land & building"], "takes_receipts": ["1"]}
    assert send(tech, path, fields).status_code == 302
    expected = WARD[MAIN].replace("target_waiting_s = 3600", "target_waiting_s = 2400", 1)
    at = expected.index('service_id = "land"')
    expected = expected[:at] + expected[at:].replace("Land, construction", "Land & building", 1)
    expected = expected[:at] + expected[at:].replace(
        "target_service_s = 2700\n", "target_service_s = 2700\ntakes_receipts = true\n", 1
    )
    assert text(editing) == expected
    assert parse({**WARD, MAIN: text(editing)}).services[2].target_waiting_s == 2400


def test_a_wrong_value_is_kept_and_named_at_its_field(tech: Visitor) -> None:
    path = "/editor/parts/services/2"
    fields = fields_of(tech.get(path).text, "hall-form") | {"target_waiting_s": ["soon"]}
    assert send(tech, path, fields).status_code == 302
    page = tech.get(path).text
    assert 'value="soon"' in page
    assert "Giá trị &#39;soon&#39; không dùng được" in page


def test_an_item_is_added_and_removed(editing: Pages, tech: Visitor) -> None:
    fields = fields_of(tech.get("/editor/parts/holidays/new").text, "hall-form")
    fields |= {"day": ["2027-12-24"], "names.vi": ["Nghỉ"], "names.en": ["Day off"]}
    assert send(tech, "/editor/parts/holidays/new", fields).status_code == 302
    holidays = tomllib.loads(text(editing))["calendar"]["holidays"]
    assert holidays[-1] == {"day": "2027-12-24", "names": {"vi": "Nghỉ", "en": "Day off"}}
    path = f"/editor/parts/holidays/{len(holidays) - 1}"
    answer = tech.post(f"{path}/remove", path, begun_from=number(editing))
    assert answer.status_code == 302
    assert text(editing) == WARD[MAIN]


def test_who_adds_something_wrong_sees_its_form_again_and_else_the_list(tech: Visitor) -> None:
    new = fields_of(tech.get("/editor/parts/zones/new").text, "hall-form")
    good = new | {"zone_id": ["upstairs"], "names.vi": ["Tầng hai"], "names.en": ["Upstairs"]}
    assert send(tech, "/editor/parts/zones/new", good).headers["Location"].endswith("/parts/zones/?added=1")
    again = fields_of(tech.get("/editor/parts/zones/new").text, "hall-form")
    wrong = send(tech, "/editor/parts/zones/new", again | {"zone_id": ["tầng 3"], "names.vi": ["Tầng ba"]})
    assert wrong.headers["Location"].endswith("/parts/zones/2?saved=1")
    page = tech.get("/editor/parts/zones/2").text
    assert "chữ không dấu" in page
    queue = fields_of(tech.get("/editor/parts/queues/new").text, "hall-form")
    queue |= {"queue_id": ["upstairs"], "names.vi": ["Tầng hai"], "names.en": ["Upstairs"]}
    answer = send(tech, "/editor/parts/queues/new", queue)
    assert answer.headers["Location"].endswith("/parts/queues/?added=1"), (
        "nobody serves it yet, which is not its form's"
    )


def test_a_kiosk_gets_numbers_of_all_prefixes_at_once(editing: Pages, tech: Visitor) -> None:
    fields = fields_of(tech.get("/editor/parts/kiosk_ranges/new").text, "hall-form")
    fields |= {"function_id": ["kiosk-2"], "first": ["601"], "last": ["699"]}
    assert send(tech, "/editor/parts/kiosk_ranges/new", fields).status_code == 302
    raw = tomllib.loads(text(editing))
    own = [one for one in raw["kiosk_ranges"] if one["function_id"] == "kiosk-2"]
    assert [one["prefix"] for one in own] == [one["prefix"] for one in raw["services"]]
    assert parse({**WARD, MAIN: text(editing)}).kiosk_ranges[-1].first == 601


def test_services_of_a_chain_are_chosen_one_after_the_other(editing: Pages, tech: Visitor) -> None:
    path = "/editor/parts/linked_services/0"
    fields = fields_of(tech.get(path).text, "hall-form")
    assert fields["service_ids"] == ["civil_status", "residence", "welfare", ""]
    assert send(tech, path, fields | {"service_ids": ["welfare", "civil_status", "", ""]}).status_code == 302
    assert tomllib.loads(text(editing))["linked_services"][0]["service_ids"] == ["welfare", "civil_status"]


def test_opening_hours_are_read_as_people_write_them(editing: Pages, tech: Visitor) -> None:
    path = "/editor/parts/hours/1"
    fields = fields_of(tech.get(path).text, "hall-form") | {"spans.saturday": ["7:30 - 11:30"], "spans.friday": [""]}
    assert send(tech, path, fields).status_code == 302
    spans = tomllib.loads(text(editing))["calendar"]["hours"][1]["spans"]
    assert spans["saturday"] == [["07:30", "11:30"]]
    assert "friday" not in spans


def test_a_form_of_somebody_who_was_overtaken_is_refused(editing: Pages, tech: Visitor) -> None:
    path = "/editor/parts/services/2"
    fields = fields_of(tech.get(path).text, "hall-form") | {"target_waiting_s": ["2400"]}
    save(editing, tech, changed())
    answer = send(tech, path, fields)
    assert answer.status_code == 409
    assert 'value="2400"' in answer.text
    assert text(editing) == changed()


def test_the_ticket_is_drawn_as_the_draft_has_it(editing: Pages, tech: Visitor) -> None:
    pictures = []
    for written in (WARD[MAIN], changed("Vui lòng ngồi chờ", "Xin mời ngồi đợi")):
        save(editing, tech, written)
        answer = tech.get("/editor/ticket.png?language=vi")
        assert answer.mimetype == "image/png"
        pictures.append(answer.data)
    assert pictures[0] != pictures[1]
    save(editing, tech, "nonsense")
    assert tech.get("/editor/ticket.png").headers["Location"].endswith("no-ticket.svg")


# --- Publishing and versions -----------------------------------------------------------------------------------------


def test_a_draft_is_published_with_its_reason_and_noted(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    assert publish(editing, tech, "now", why="").status_code == 409, "a reason is asked for"
    assert publish(editing, tech, "next_day").status_code == 302
    (sent,) = [one for _, one in editing.hall.asked if isinstance(one, Configure)]
    assert sent.effective == "next_day"
    assert sent.staff_role == "technician"
    assert sent.sources == {**WARD, MAIN: changed()}
    (publication,) = editing.parts.editing.drafts.publications(most=5)
    assert (publication.by_id, publication.why) == ("tech", "for the elderly")
    assert publication.configuration_id == parse(sent.sources).configuration_id
    noted = [(one.what, one.detail) for one in editing.parts.changes.before(about="tech", most=2)]
    assert noted == [("hall_changes_next_day", ""), ("hall_changes_next_day", "asked")]
    assert "for the elderly" in tech.get("/editor/").text


def test_what_would_strand_people_is_offered_for_tomorrow(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    editing.hall.answer = lambda asked: (
        Refused(code="would_strand", sentences={"vi": "Còn lượt đang chờ: land."}, parts={"what": "land"})
        if isinstance(asked, Configure) and asked.effective == "now"
        else Done()
    )
    answer = publish(editing, tech, "now")
    assert answer.status_code == 409
    assert "Còn lượt đang chờ: land." in answer.text
    assert editing.parts.texts("editor.stranded_offer", "vi") in answer.text
    assert 'value="for the elderly"' in answer.text
    assert editing.parts.editing.drafts.publications(most=5) == []
    assert publish(editing, tech, "next_day").status_code == 302


def test_a_page_that_was_overtaken_publishes_nothing(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    answer = tech.post("/editor/publish", "/editor/", begun_from="0", effective="now", why="x")
    assert answer.status_code == 409
    assert not any(isinstance(one, Configure) for _, one in editing.hall.asked)


def test_an_earlier_version_and_an_earlier_save_come_back_as_the_draft(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    first = number(editing)
    save(editing, tech, changed("slope = 2.5", "slope = 9.0"))
    seq = editing.parts.editing.hall().effective.seq
    assert "slope = " in tech.get(f"/editor/versions/{seq}").text
    tech.post(f"/editor/versions/{seq}/take", "/editor/", begun_from=number(editing))
    assert text(editing) == WARD[MAIN]
    tech.post(f"/editor/saves/{first}/take", "/editor/", begun_from=number(editing))
    assert text(editing) == changed()
    tech.post("/editor/start-again", "/editor/", begun_from=number(editing))
    assert text(editing) == WARD[MAIN]
    assert len(editing.parts.editing.drafts.saves(most=99)) == 5, "none of them was lost"


# --- Trials ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_tried_on_the_recorded_days_and_its_result_stays_with_it(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    assert tech.post("/editor/trial", "/editor/trial").status_code == 302
    assert tech.post("/editor/trial", "/editor/trial").status_code == 409, "one at a time"
    done = editing.parts.editing.trials.wait(60)
    assert (done.state, done.done) == ("done", DAYS), done.why
    assert tech.get("/editor/trial/progress").json == {"state": "done", "done": DAYS, "of": DAYS}
    page = tech.get("/editor/trial").text
    assert "01/03/2027 – 02/03/2027" in page
    assert "Người cao tuổi" in page
    tried = number(editing)
    save(editing, tech, changed("slope = 2.5", "slope = 9.0"))
    assert "01/03/2027" not in tech.get("/editor/trial").text, "another draft was not tried"
    assert editing.parts.editing.drafts.trial(int(tried)) is not None


def test_a_trial_is_stopped(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    tech.post("/editor/trial", "/editor/trial")
    tech.post("/editor/trial/stop", "/editor/trial")
    assert editing.parts.editing.trials.wait(10).state == "stopped"
    assert editing.parts.editing.drafts.trial(int(number(editing))) is None
    assert tech.post("/editor/trial", "/editor/trial").status_code == 302, "and another may begin"
    assert editing.parts.editing.trials.wait(60).state == "done"


def test_a_trial_that_fails_says_why(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    editing.parts.editing.log.rename(editing.parts.editing.log.with_suffix(".away"))
    editing.parts.editing.trials.start(1, "tech", WARD)
    failed = editing.parts.editing.trials.wait(60)
    assert failed.state == "failed"
    assert "cannot be read as a log" in failed.why


def test_a_result_that_cannot_be_kept_or_shown_has_failed_and_the_page_says_so(editing: Pages, tech: Visitor) -> None:
    save(editing, tech, changed())
    hall = editing.parts.editing
    with closing(sqlite3.connect(hall.log.parent / DRAFTS_FILE)) as drafts:
        drafts.execute("CREATE TRIGGER full BEFORE INSERT ON trials BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    tech.post("/editor/trial", "/editor/trial")
    failed = hall.trials.wait(60)
    assert (failed.state, failed.trouble) == ("failed", "not_kept")
    page = tech.get("/editor/trial").text
    assert "không lưu được kết quả (the disk is full)" in page
    assert "editor/trial/stop" not in page, "it runs no more, and another may begin"
    kept: list[bytes] = []
    trials = Trials(hall.log.parent, lambda _number, _by, result: kept.append(result), result_most_bytes=100)
    trials.start(1, "tech", WARD)
    large = trials.wait(60)
    assert (large.state, large.trouble, kept) == ("failed", "too_large", [])


def test_without_the_log_the_editor_says_what_to_do(editing: Pages, tech: Visitor) -> None:
    editing.parts.editing.log.rename(editing.parts.editing.log.with_suffix(".away"))
    page = tech.get("/editor/")
    assert page.status_code == 200
    assert editing.parts.texts("editor.cannot", "vi") in page.text
    assert editing.parts.texts("editor.cannot", "vi") in tech.get("/editor/text").text
