"""What the kiosk must not forget: written in one life, read in the next."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import apsw
import msgspec
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.hall_time import HallTime
from kiosk.ticket.kept_model import RefusedHandOver
from kiosk.ticket.store import Store
from protocol.commands import HandOverVisit
from tests.support.kiosks import MONDAY_8, TO_NUMBER, Scene, procedures, ward_view


@pytest.fixture
def kept(tmp_path: Path) -> tuple[Scene, Path]:
    """A kiosk that has given an own number and done all its writing."""
    scene = Scene().opened().with_catalogue()
    scene.happen(m.LinkChanged("gone"))
    scene.touch(*TO_NUMBER).disk().disk().printer("confirmed")
    store = Store(tmp_path)
    for effect in scene.effects:
        match effect:
            case m.KeepVisit(visit):
                store.keep_visit(visit)
            case m.KeepOffline(number, entry, visit):
                store.keep_offline(number, entry, visit)
            case m.KeepOutbox(entry):
                store.keep_outbox(entry.request_id, entry.command)
            case m.KeepKnowledge(identity, view):
                store.keep_knowledge(identity, view)
            case m.KeepCatalogue(catalogue_hash, procedures):
                store.keep_catalogue(catalogue_hash, procedures)
    store.close()
    return scene, tmp_path


def test_a_new_life_knows_what_the_last_one_wrote(kept: tuple[Scene, Path]) -> None:
    scene, folder = kept
    store = Store(folder)
    restored = store.restored()
    store.close()
    assert restored.visit == scene.last(m.KeepOffline).visit
    assert restored.identity == scene.state.identity
    assert restored.view == scene.view
    assert restored.offline_numbers == scene.state.offline_numbers
    assert restored.outbox == scene.state.outbox
    assert len(restored.outbox) == 2


def test_what_has_arrived_is_forgotten_and_what_was_refused_is_kept_aside(kept: tuple[Scene, Path]) -> None:
    scene, folder = kept
    first, second = scene.state.outbox
    store = Store(folder)
    store.drop_outbox(first.request_id)
    store.drop_outbox(second.request_id, "unknown_visit")
    store.drop_visit("another visit")
    assert store.restored().visit is not None
    store.drop_visit(first.command.visit_id)
    restored = store.restored()
    store.close()
    assert (restored.outbox, restored.visit) == ((), None)
    refused = list(apsw.Connection(str(folder / "kiosk.db")).execute("select request_id, error from outbox"))
    assert restored.refused == ()
    assert refused == [(second.request_id, "unknown_visit")]


def test_the_same_command_twice_is_one(kept: tuple[Scene, Path]) -> None:
    scene, folder = kept
    store = Store(folder)
    entry = scene.state.outbox[0]
    store.keep_outbox(entry.request_id, entry.command)
    assert len(store.outbox()) == 2
    store.close()


def test_of_a_number_tried_twice_the_last_one_is_kept(kept: tuple[Scene, Path]) -> None:
    """A commit that said no may have reached the disk; the number that is shown is the one tried after it."""
    scene, folder = kept
    first = scene.last(m.KeepOffline)
    assert isinstance(first.entry.command, HandOverVisit)
    second = msgspec.structs.replace(first.entry.command, number=502)
    assert first.visit.own is not None
    visit = replace(first.visit, own=replace(first.visit.own, number=502))
    store = Store(folder)
    store.keep_offline(replace(first.number, number=502), replace(first.entry, command=second), visit)
    restored = store.restored()
    store.close()
    handed_over = [one.command for one in restored.outbox if isinstance(one.command, HandOverVisit)]
    assert [one.number for one in handed_over] == [502]
    assert [one.number for one in restored.offline_numbers] == [501, 502]
    assert restored.visit == visit


@pytest.mark.parametrize(
    ("machine_min", "hall_min"),
    [(7, 0), (10, 6), (6, 0), (-1_000_000, 0)],
    ids=["at once", "three minutes later", "set back", "woken in the past"],
)
def test_a_new_life_knows_what_time_it_is_in_the_hall(tmp_path: Path, machine_min: int, hall_min: int) -> None:
    """Whatever the machine's clock says: here it was seven minutes ahead, in a hall that runs twice as fast."""
    store = Store(tmp_path)
    assert store.hall_time() is None
    ahead = timedelta(minutes=7)
    store.keep_knowledge(None, None, HallTime(hall_at=MONDAY_8, machine_at=MONDAY_8 + ahead, rate=2.0))
    store.keep_knowledge(None, ward_view())
    store.close()
    store = Store(tmp_path)
    kept = store.hall_time()
    store.close()
    assert kept is not None
    assert kept.now(MONDAY_8 + timedelta(minutes=machine_min)) == MONDAY_8 + timedelta(minutes=hall_min)


def test_the_catalogue_comes_back_by_its_hash_alone(kept: tuple[Scene, Path]) -> None:
    _, folder = kept
    store = Store(folder)
    found = store.catalogue(ward_view().catalogue_hash)
    assert found is not None
    assert found.procedures == procedures()
    assert store.catalogue("0" * 64) is None
    (folder / f"catalogue-{ward_view().catalogue_hash}.json").write_bytes(b'[{"half')
    assert store.catalogue(ward_view().catalogue_hash) is None
    store.close()


def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path)
    full = 2
    assert store._do("pragma synchronous") == [(full,)]
    store.close()


def test_a_new_life_knows_which_hand_overs_were_refused(kept: tuple[Scene, Path]) -> None:
    scene, folder = kept
    hand_over = scene.last(m.KeepOffline).entry
    assert isinstance(hand_over.command, HandOverVisit)
    store = Store(folder)
    store.drop_outbox(hand_over.request_id, "number_taken")
    restored = store.restored()
    store.close()
    refused = RefusedHandOver("H", 501, hand_over.command.taken_at, "number_taken")
    assert restored.refused == (refused,)
    again = Scene(kept=restored)
    assert again.state.refused == (refused,)
