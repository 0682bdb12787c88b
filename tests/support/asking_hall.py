"""The shipped hall, asking every visit for a rating however fast it was served, as tests serve within moments."""

from pathlib import Path
from typing import Final

from queue_server.config import read_sources

_CONFIG: Final = Path(__file__).parents[2] / "config"


def asking_at_once(folder: Path) -> Path:
    """Write that hall's files below a folder; gives the folder of its main file."""
    place = folder / "asking-hall"
    for name, text in read_sources(_CONFIG).items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + ("\n[satisfaction]\nrating_least_s = 0\n" if name == "branch.toml" else ""), "utf-8")
    return place
