"""The pages of figures: who sees what, what links and forms ask for, the files, the monthly report."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from protocol.configuration import Service
from queue_server.reporting.definitions import DEFINITIONS, DIMENSIONS, GROUPS
from queue_server.reporting.exports import BOM
from queue_server.reporting.figures import LEAST_SAMPLE
from tests.support.halls import services, small_hall
from tests.support.logs import follow_log
from tests.support.month import FIRST, MONTH, weeks
from tests.support.paper_hall import furnish
from tests.support.tables import Table
from tests.support.web_pages import Pages, Visitor, staff_pages

RANGE = f"from={FIRST}&to={MONTH}-31"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("month")
    follow_log(state, list(weeks(6, 120)))
    return state / "reports.db"


@pytest.fixture
def pages(tmp_path: Path, log: Path) -> Iterator[Pages]:
    with staff_pages(tmp_path / "web") as ready:
        (tmp_path / "web" / "reports.db").symlink_to(log)
        furnish(ready.hall)
        yield ready


@pytest.fixture
def manager(pages: Pages) -> Visitor:
    return pages.signed_in("boss")


def labels(text: str) -> list[str]:
    """The names of the rows of a page's table, in their order."""
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', body)]


def test_a_days_medians_stand_with_how_many_and_its_file_with_its_definitions(manager: Visitor) -> None:
    page = manager.get("/reports/day").text
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    medians = re.findall(r'<td class="right tight">([^<]*)<br><small>n = (\d+)</small></td>', body)
    assert len(medians) == 3 * body.count("<tr")
    assert all(int(count) >= LEAST_SAMPLE for written, count in medians if written != "–")
    assert any(written != "–" for written, _ in medians)
    file = manager.get("/reports/day.csv").text
    ids, names, definitions, *rows = csv.reader(io.StringIO(file.removeprefix(BOM)))
    assert len(rows) == body.count("<tr")
    assert all(names)
    for counted in definitions:
        assert counted.partition(" [")[0] in html.unescape(page), "the page and its file share their definitions"
    assert (ids.index("called") + 1, ids.index("stages") + 1) == (
        ids.index("waiting_p50_s"),
        ids.index("service_p50_s"),
    )


@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize("group", GROUPS)
def test_every_cut_has_its_page_and_its_files(manager: Visitor, by: str, group: str) -> None:
    query = f"{RANGE}&by={by}&group={group}"
    answer = manager.get(f"/figures/?{query}")
    assert answer.status_code == 200
    assert labels(answer.text)
    assert "{" not in re.sub(r"<[^>]+>", "", answer.text)
    assert manager.get(f"/figures/table.csv?{query}").status_code == 200


def test_a_share_stands_with_its_counts_and_a_median_with_how_many(manager: Visitor) -> None:
    text = manager.get(f"/figures/?{RANGE}&by=service").text
    body = text[text.index("<tbody>") : text.index("</tbody>")]
    for shown in re.findall(r'<span class="tight">([^<]*%[^<]*)</span>', body):
        assert re.search(r"\([\d.]+/[\d.]+\)", shown), shown
    assert len(re.findall(r"<small>n = [\d.]+</small>", body)) == 2 * len(labels(text))


def test_shares_that_overlap_say_so_where_both_stand(pages: Pages, manager: Visitor) -> None:
    said = pages.parts.texts("figures.overlap", "vi")
    assert said in manager.get(f"/figures/?{RANGE}&by=service&group=service").text
    assert said in manager.get(f"/figures/month?month={MONTH}").text
    assert said not in manager.get(f"/figures/?{RANGE}&by=service&group=waiting").text
    defined = html.unescape(manager.get("/figures/definitions").text)
    assert "hai tỷ lệ có phần trùng nhau" in defined


def test_links_sort_without_a_script(manager: Visitor) -> None:
    page = f"/figures/?{RANGE}&by=service&sort=taken"
    down = labels(manager.get(f"{page}&order=descending").text)
    up = labels(manager.get(f"{page}&order=ascending").text)
    assert down == up[::-1]
    assert len(down) > 3
    body = manager.get(f"{page}&order=descending").text.partition("<tbody>")[2].partition("</tbody>")[0]
    taken = [int(value) for value in re.findall(r'</th><td class="right" data-value="(\d+)">', body)]
    assert len(taken) == len(down)
    assert taken == sorted(taken, reverse=True)


def test_the_form_filters_without_a_script(manager: Visitor) -> None:
    every = labels(manager.get(f"/figures/?{RANGE}&by=service").text)
    wanted = every[0].upper()
    assert labels(manager.get(f"/figures/?{RANGE}&by=service&contains={wanted}").text) == [every[0]]
    nothing = manager.get(f"/figures/?{RANGE}&by=service&contains=xyzzy").text
    assert labels(nothing) == []
    assert '<tr class="no-rows" >' in nothing


@pytest.mark.parametrize(
    "query",
    [
        "by=colour",
        "group=all",
        "order=sideways",
        "within=colour:red",
        "by=day%27%3B--",
    ],
)
def test_what_no_link_says_is_not_found(manager: Visitor, query: str) -> None:
    for path in ("/figures/", "/figures/table.csv", "/figures/table.xlsx"):
        assert manager.get(f"{path}?{query}").status_code == 404


def test_a_day_is_typed_as_it_is_written_whatever_the_browsers_language(manager: Visitor) -> None:
    stored = manager.get(f"/figures/?{RANGE}&by=service").text
    assert f'name="to" value="31/{MONTH[5:]}/{MONTH[:4]}"' in stored
    assert 'type="date"' not in stored
    year, month, day = FIRST.split("-")
    typed = manager.get(f"/figures/?from={day}/{month}/{year}&to=31/{month}/{year}&by=service").text
    assert labels(typed) == labels(stored) != []


@pytest.mark.parametrize(
    ("query", "name", "field"),
    [
        ("from=31/02/2027", "from", "Từ ngày"),
        ("to=yesterday", "to", "Đến ngày"),
        ("from=2027-13-01", "from", "Từ ngày"),
    ],
)
def test_what_is_no_day_is_refused_with_its_field_and_how_to_write_it(
    manager: Visitor, query: str, name: str, field: str
) -> None:
    refused = manager.get(f"/figures/?{query}")
    assert refused.status_code == 400
    assert f"Ô “{field}” ghi “{query.partition('=')[2]}”" in refused.text
    assert "ví dụ 05/03/2026" in refused.text
    assert f'aria-describedby="wrong-{name}"' in refused.text
    for path in ("/figures/table.csv", "/figures/table.xlsx"):
        assert manager.get(f"{path}?{query}").status_code == 404
    assert manager.get("/figures/?to=0001-01-01").status_code == 200, "the first day there is"


def test_days_without_figures_say_so(manager: Visitor, pages: Pages) -> None:
    text = manager.get("/figures/?from=2001-01-01&to=2001-01-31").text
    assert pages.parts.texts("figures.no_days", "vi") in text


def test_an_id_of_the_address_is_text_for_the_page_and_the_tables(manager: Visitor) -> None:
    for odd in ("'; DROP TABLE visits; --", '"><script>alert(1)</script>', "=1+1", "%00"):
        text = manager.client.get("/figures/", query_string={"within": f"service:{odd}", "contains": odd}).text
        assert "<script>alert" not in text
    assert labels(manager.get(f"/figures/?{RANGE}&by=service").text)


def test_a_csv_says_what_each_column_counts(manager: Visitor, pages: Pages) -> None:
    text = manager.get(f"/figures/table.csv?{RANGE}&by=service").get_data(as_text=True)
    assert text.startswith(BOM)
    ids, headings, counted, *rows = csv.reader(io.StringIO(text.removeprefix(BOM)))
    assert len({len(line) for line in (ids, headings, counted, *rows)}) == 1
    assert all(counted)
    assert ids[:3] == ["service", "name", "taken"]
    told = dict(zip(ids, counted, strict=True))
    for one in DEFINITIONS:
        if "service" in one.by:
            first = next(told[column] for column in ids[2:] if column.startswith(one.figure_id))
            assert first.startswith(pages.parts.texts(f"figure.{one.figure_id}.counted", "vi"))
    assert rows[-1][0] == pages.parts.texts("figures.whole", "vi")
    at = ids.index("taken")
    assert sum(int(row[at]) for row in rows[:-1]) == int(rows[-1][at])


def test_a_workbook_opens_elsewhere_and_defines_its_columns(manager: Visitor) -> None:
    body = manager.get(f"/figures/table.xlsx?{RANGE}&by=counter").data
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert len(book.sheetnames) == 2
    table, definitions = (book[name] for name in book.sheetnames)
    headings = [cell.value for cell in table[1]]
    defined = [row[1].value for row in definitions.iter_rows(min_row=2)]
    assert headings == defined
    assert all(cell.comment for cell in table[1])
    assert table.max_row > 3


def hostile_services() -> tuple[Service, ...]:
    """Services whose names a spreadsheet would take for formulas."""
    names = ("=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)")
    import msgspec

    return tuple(
        msgspec.structs.replace(one, names={"vi": name, "en": name})
        for one, name in zip(services(), names, strict=True)
    )


def test_no_text_of_a_file_becomes_a_formula(tmp_path: Path) -> None:
    table = Table(small_hall(services=hostile_services()))
    for number, service in enumerate(("civil_status", "certification", "land", "results"), 1):
        table.say(f"take V{number} {service}")
    follow_log(tmp_path / "web", table.hall.events())
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        manager = pages.signed_in("boss")
        text = manager.get("/figures/table.csv?by=service").get_data(as_text=True).removeprefix(BOM)
        body = manager.get("/figures/table.xlsx?by=service").data
        page = manager.get("/figures/?by=service").text
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    with ZipFile(io.BytesIO(body)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not [sheet for sheet in sheets if "<f" in sheet.replace("<formula", "")]
    read = openpyxl.load_workbook(io.BytesIO(body))
    values = {cell.value: cell.data_type for row in read.worksheets[0].iter_rows() for cell in row}
    assert values["=HYPERLINK(1)"] in {"s", "f"}  # openpyxl names it by its look; the file holds a text, see above.
    assert "=HYPERLINK(1)" in page


def test_clerks_are_named_on_the_page_and_are_ids_in_files(manager: Visitor, pages: Pages) -> None:
    """A page is looked at in the house; a file travels."""
    rows = csv.reader(io.StringIO(manager.get(f"/figures/table.csv?{RANGE}&by=clerk").get_data(as_text=True)))
    clerk_id = list(rows)[3][0]
    pages.parts.accounts.add(clerk_id, "Đỗ Thị Một", "clerk")
    assert "Đỗ Thị Một" in manager.get(f"/figures/?{RANGE}&by=clerk").text
    inspector = pages.signed_in("inspector")
    assert "Đỗ Thị Một" in inspector.get(f"/figures/?{RANGE}&by=clerk").text
    for kind in ("csv", "xlsx"):
        body = manager.get(f"/figures/table.{kind}?{RANGE}&by=clerk").data
        if kind == "xlsx":
            with ZipFile(io.BytesIO(body)) as book:
                body = b"".join(book.read(name) for name in book.namelist())
        assert clerk_id.encode() in body
        assert "Đỗ Thị Một".encode() not in body


def test_no_page_of_figures_tells_a_rating(manager: Visitor) -> None:
    """Ratings by clerk, or of one visit, stand nowhere in the history."""
    for definition in DEFINITIONS:
        assert "rat" not in definition.figure_id
    for by in DIMENSIONS:
        assert "Hài lòng" not in manager.get(f"/figures/?{RANGE}&by={by}&group=service").text


def test_a_months_report_in_one_click(manager: Visitor, pages: Pages) -> None:
    text = manager.get("/figures/month").text
    assert f"{MONTH[5:]}/{MONTH[:4]}" in text
    for by in ("day", "service", "hour", "priority_class", "counter"):
        assert pages.parts.texts(f"figures.by.{by}", "vi") in text
    assert f"/figures/month.xlsx?month={MONTH}" in text
    for name in pages.parts.accounts.names().values():
        assert text.count(name) <= 1, "only whoever is signed in is named: paper goes on"
    book = openpyxl.load_workbook(io.BytesIO(manager.get(f"/figures/month.xlsx?month={MONTH}").data))
    assert len(book.sheetnames) == 6
    for query in ("month=2027-13", "month=now"):
        assert manager.get(f"/figures/month?{query}").status_code == 404
    assert pages.parts.texts("figures.no_days", "vi") in manager.get("/figures/month?month=2001-01").text


def test_before_the_first_day_the_pages_say_what_is_missing(tmp_path: Path) -> None:
    with staff_pages(tmp_path / "web") as pages:
        furnish(pages.hall)
        manager = pages.signed_in("boss")
        for path in ("/figures/", "/figures/month"):
            answer = manager.get(path)
            assert answer.status_code == 404
            assert pages.parts.texts("staff.no_reports", "vi") in answer.text
        for path in ("/figures/table.csv", "/figures/table.xlsx", "/figures/month.xlsx"):
            assert manager.get(path).status_code == 404
        assert manager.get("/figures/definitions").status_code == 200
