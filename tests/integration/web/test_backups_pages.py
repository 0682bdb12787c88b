"""The page of backups: a copy and a restore test by a press, by child processes, beside a log that is really there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.backup_shelf import TESTS_FILE
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE
from queue_server.web.backups import Backups, Busy
from queue_server.web.program import utc_now
from tests.support.programs import staff
from tests.support.web_pages import Pages, Visitor

DONE_S = 60.0


@pytest.fixture(scope="module")
def copying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    folder = tmp_path_factory.mktemp("copying")
    with staff(folder) as pages:
        for name in (SERVER_KEY_FILE, BRANCH_KEY_FILE):
            (folder / name).write_text("an example, no key")
        yield pages


@pytest.fixture
def tech(copying: Pages) -> Visitor:
    return copying.signed_in("tech")


def test_a_technician_makes_a_copy_and_tries_it(copying: Pages, tech: Visitor) -> None:
    first = tech.get("/backups/").text
    assert "Không thấy thư mục sao lưu" in first

    assert tech.post("/backups/copy", "/backups/").status_code == 302
    assert copying.parts.backups.wait(DONE_S).state == "done", copying.parts.backups.progress
    made = tech.get("/backups/").text
    assert "Đã tạo bản sao" in made
    assert "branch-20" in made
    assert "Chưa lần nào khôi phục thử" in made
    assert "bản sao chưa thử" in tech.get("/devices/").text.lower(), "where a technician begins, it is told"

    assert tech.post("/backups/test", "/backups/").status_code == 302
    assert copying.parts.backups.wait(DONE_S).state == "done", copying.parts.backups.progress
    tried = tech.get("/backups/").text
    assert "Khôi phục thử được" in tried
    assert "khớp máy chủ đang chạy" in tried
    assert "Chưa lần nào" not in tried
    assert "chưa thử" not in tech.get("/devices/").text.lower()
    noted = [one.what for one in copying.parts.changes.before(about="tech")]
    assert {"backup_made", "restore_tested"} <= set(noted)


def test_a_copy_that_went_bad_is_said_on_the_page(copying: Pages, tech: Visitor) -> None:
    shelf = copying.parts.backups
    if not shelf.shelf().copies:
        shelf.start("copy")
        shelf.wait(DONE_S)
    newest = shelf.shelf().copies
    assert newest
    log = shelf.target / newest[0].name / "branch.db"
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b"visit_taken", b"visit_token"))
    try:
        tech.post("/backups/test", "/backups/")
        assert shelf.wait(DONE_S).state == "failed"
        page = tech.get("/backups/").text
    finally:
        log.write_bytes(whole)
    assert "Khôi phục thử không thành công" in page
    assert "was changed" in page
    assert "Lần khôi phục thử gần nhất không thành công" in page


def test_only_technicians_and_only_one_at_a_time(copying: Pages, tmp_path: Path) -> None:
    for clerk_id in ("anh", "hoa", "boss"):
        assert copying.signed_in(clerk_id).get("/backups/").status_code == 403
    backups = Backups(tmp_path / "nowhere", tmp_path / "copies", utc_now, {})
    backups.start("copy")
    with pytest.raises(Busy):
        backups.start("test")
    failed = backups.wait(DONE_S)
    assert failed.state == "failed"
    assert "no copy was made" in failed.why
    backups.close()


def test_stored_text_of_a_test_is_escaped(copying: Pages, tech: Visitor) -> None:
    target = copying.parts.backups.target
    target.mkdir(exist_ok=True)
    kept = (target / TESTS_FILE).read_text() if (target / TESTS_FILE).exists() else ""
    at = (utc_now() + timedelta(minutes=1)).isoformat()
    try:
        (target / TESTS_FILE).write_text(f'{kept}{{"at":"{at}","copy":"<b>x</b>","why":"<script>alert(1)</script>"}}\n')
        page = tech.get("/backups/").text
    finally:
        (target / TESTS_FILE).write_text(kept)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "<b>x</b>" not in page
