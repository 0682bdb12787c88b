"""Staff pages with much to see: every list has its rows, every result is there, and names are as long as real ones.

A page that is looked at empty proves little: what breaks is a table with rows, a pill beside a long name, a reason that
wraps. So the walks over all pages (axe-core, the pictures) come to a hall like this one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from protocol.configuration import Words
from protocol.events import AnyEvent, ConfigurationChanged
from queue_server.backup_shelf import NAME, TESTS_FILE, RestoreTest
from queue_server.config import MAIN, parse
from queue_server.replay.figures import Comparison, Row, Side
from queue_server.reporting.figures import Share, Spread
from queue_server.web.program import utc_now
from tests.support.logs import follow_log
from tests.support.paper_answers import answer
from tests.support.paper_hall import CLASSES, QUEUES, furnish, words
from tests.support.programs import MORNING
from tests.support.recorded_hall import ward_sources
from tests.support.tables import play
from tests.support.web_pages import Pages, staff_pages

BEFORE, AFTER = "slope = 2.5", "slope = 2.0"
"""What an earlier version said otherwise, and the draft says too."""
COPY_BYTES: Final = 1_400_000


@contextmanager
def filled_pages(folder: Path) -> Iterator[Pages]:
    """Serve the staff pages after a short morning, filled."""
    events = play(MORNING).hall.events()
    follow_log(folder, [*events, a_version(events[-1])])
    with staff_pages(folder) as pages:
        furnish(pages.hall)
        fill(pages)
        yield pages


def a_version(last: AnyEvent) -> ConfigurationChanged:
    """Give the event of a ward hall that begins with the next day; it comes after `last`."""
    sources = ward_sources()
    return ConfigurationChanged(at=last.at, configuration=parse(sources), sources=sources, effective="next_day")


def fill(pages: Pages) -> None:
    """Let the hall answer, and put copies, restore tests, a draft and what its trial found in their places."""
    pages.hall.answer = answer
    shelve(pages.parts.backups.target)
    drafts = pages.parts.editing.drafts
    sources = ward_sources()
    assert BEFORE in sources[MAIN]
    sources[MAIN] = sources[MAIN].replace(BEFORE, AFTER, 1)
    why = "Giảm độ dốc ưu tiên cho người cao tuổi theo ý kiến của cuộc họp giao ban đầu tháng"
    save = drafts.save(sources, by="tech", why=why, begun_from=0)
    drafts.keep_trial(save.number, "tech", msgspec.json.encode(comparison(sources)))


# --- Backups ---------------------------------------------------------------------------------------------------------


def shelve(folder: Path) -> None:
    """Put copies into a folder, and restore tests: one that went well, and an older one that did not."""
    now = utc_now().replace(microsecond=0)
    made = [now - timedelta(hours=1), now - timedelta(hours=25), now - timedelta(days=9)]
    for at in made:
        copy = folder / f"{at:{NAME}}"
        copy.mkdir(parents=True)
        (copy / "branch.db").write_bytes(bytes(COPY_BYTES))
    good = RestoreTest(
        at=made[0] + timedelta(minutes=4),
        copy=f"{made[0]:{NAME}}",
        events=41_207,
        days=19,
        day="2026-11-20",
        visits=262,
        last_number="H262",
        last_at=made[0],
        last_hash="9c1f" * 16,
        heads=19,
        agrees="same",
        size=COPY_BYTES,
        took_s=2.4,
    )
    bad = RestoreTest(
        at=made[2] + timedelta(hours=2), copy=f"{made[2]:{NAME}}", why="branch.db: event 12,044 was changed", took_s=0.9
    )
    (folder / TESTS_FILE).write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in (bad, good)))


# --- A trial ---------------------------------------------------------------------------------------------------------


def comparison(sources: dict[str, str]) -> Comparison:
    """Give what a trial of a draft found, with every kind of remark."""
    return Comparison(
        configuration_id=parse(sources).configuration_id,
        days=tuple(f"2026-11-{day:02d}" for day in range(2, 14)),
        days_left_out=("2026-11-05", "2026-11-06"),
        visits=3_081,
        calls_before=3_024,
        calls_after=3_031,
        same_calls=2_410,
        all=row("", {}, 3_081),
        classes=tuple(row(one.priority_class_id, one.names, 1_500) for one in CLASSES),
        services=tuple(row(name, words(LONG.get(name, vi), en), 500) for name, _, vi, en in QUEUES),
        unrepeated={"service_gone": 3, "chosen_too_late": 12, "transfer_changed": 1},
        strange={"Đăng ký nhận cha, mẹ, con có yếu tố nước ngoài": 2},
        not_played=("calendar", "numbers_per_person"),
        days_reconfigured=1,
    )


LONG = {
    "civil_status": "Đăng ký khai sinh kết hợp nhận cha, mẹ, con và cấp thẻ bảo hiểm y tế cho trẻ em dưới 6 tuổi",
    "land": "Đăng ký biến động quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất do chuyển nhượng",
}


def row(row_id: str, names: Words, visits: int) -> Row:
    """Both sides of one line."""
    return Row(row_id=row_id, names=names, visits=visits, before=side(visits, 1_500), after=side(visits, 1_260))


def side(visits: int, p50_s: int) -> Side:
    """One side: half of whom waited so long."""
    kept = visits * 4 // 5
    return Side(
        waiting=Spread(n=visits, p50_s=p50_s, p90_s=p50_s * 2),
        longest_s=p50_s * 3,
        within_target=Share(part=kept, whole=visits, low=0.77, high=0.83),
        never_called=visits // 100,
    )
