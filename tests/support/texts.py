"""The shipped texts, read from their files, for every test that needs words."""

from pathlib import Path

from presentation.texts import Texts, texts_from

TEXTS_FOLDER = Path(__file__).parents[2] / "config" / "texts"


def shipped_texts() -> Texts:
    return texts_from({file.stem: file.read_text("utf-8") for file in sorted(TEXTS_FOLDER.glob("*.toml"))})
