from dataclasses import dataclass

from kiosk.widgets.kept import KeptPictures


@dataclass(frozen=True)
class Drawn:
    size: tuple[int, int]


def test_a_picture_is_drawn_once_and_the_longest_unused_is_forgotten_when_it_is_too_much() -> None:
    drawn: list[str] = []

    def draw(name: str, width: int = 10) -> Drawn:
        drawn.append(name)
        return Drawn((width, 10))

    kept: KeptPictures[Drawn] = KeptPictures(pixels_most=250)
    for name in ("a", "b", "a", "c", "a", "b"):
        kept.get(name, lambda name=name: draw(name))  # type: ignore[misc] # Bound in its turn.
    assert drawn == ["a", "b", "c", "b"]
    assert (len(kept), kept.pixels) == (2, 200)


def test_a_picture_larger_than_all_that_may_be_kept_is_kept_alone() -> None:
    kept: KeptPictures[Drawn] = KeptPictures(pixels_most=100)
    kept.get("small", lambda: Drawn((5, 5)))
    assert kept.get("large", lambda: Drawn((50, 50))) is kept.get("large", lambda: Drawn((1, 1)))
    assert (len(kept), kept.pixels) == (1, 2500)
