"""The shipped hall, asking every visit for a rating however fast it was served, as tests serve within moments."""

from pathlib import Path
from typing import Final

from queue_server.config import read_sources

_CONFIG: Final = Path(__file__).parents[2] / "config"
_PART: Final = "\n[satisfaction]\n"


def asking_at_once(folder: Path) -> Path:
    """Write that hall's files below a folder; gives the folder of its main file."""
    place = folder / "asking-hall"
    for name, text in read_sources(_CONFIG).items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if name == "branch.toml":
            assert text.count(_PART) == 1, "it is there to be added to"
            text = text.replace(_PART, f"{_PART}rating_least_s = 0\n")  # noqa: PLW2901 -- it is what is written.
        file.write_text(text, "utf-8")
    return place
