"""What the kiosk must not forget: written in one life, read in the next."""

from pathlib import Path

import apsw
import pytest

from kiosk.ticket import model as m
from kiosk.ticket.store import Store
from protocol.commands import HandOverVisit
from tests.support.kiosks import TO_NUMBER, Scene, procedures, ward_view


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
            case m.KeepOffline(number, entry):
                store.keep_offline(number, entry)
            case m.KeepOutbox(entry):
                store.keep_outbox(entry.request_id, entry.command)
            case m.KeepKnowledge(identity, view):
                store.keep_knowledge(identity, view)
            case m.KeepCatalogue(catalogue):
                store.keep_catalogue(catalogue)
    store.close()
    return scene, tmp_path


def test_a_new_life_knows_what_the_last_one_wrote(kept: tuple[Scene, Path]) -> None:
    scene, folder = kept
    store = Store(folder)
    restored = store.restored()
    store.close()
    assert restored.visit == scene.last(m.KeepVisit).visit
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
    refused = m.RefusedHandOver("H", 501, hand_over.command.taken_at, "number_taken")
    assert restored.refused == (refused,)
    again = Scene(kept=restored)
    assert again.state.refused == (refused,)
