"""Pictures that are kept for their next use, up to so many pixels: memory is bounded whatever people read."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Sized(Protocol):
    """What has a size in pixels, as a texture has."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""


PictureT = TypeVar("PictureT", bound=Sized)


class KeptPictures(Generic[PictureT]):
    """The pictures used last. What is too much is forgotten, the longest unused first, but never the only one."""

    def __init__(self, pixels_most: int) -> None:
        self._pixels_most = pixels_most
        self._pictures: OrderedDict[Hashable, PictureT] = OrderedDict()
        self.pixels = 0

    def __len__(self) -> int:
        return len(self._pictures)

    def get(self, key: Hashable, draw: Callable[[], PictureT]) -> PictureT:
        """Give the picture that was drawn for a key, or draw it."""
        known = self._pictures.get(key)
        if known is not None:
            self._pictures.move_to_end(key)
            return known
        drawn = self._pictures[key] = draw()
        self.pixels += _pixels(drawn)
        while self.pixels > self._pixels_most and len(self._pictures) > 1:
            _, forgotten = self._pictures.popitem(last=False)
            self.pixels -= _pixels(forgotten)
        return drawn


def _pixels(picture: Sized) -> int:
    width, height = picture.size
    return int(width) * int(height)
