"""The words of all languages, read once at the start of a program."""

from pathlib import Path

from presentation.texts import Texts, texts_from


def read_texts(config: Path) -> Texts:
    """Read the words of all languages from `<config>/texts/<language>.toml`; raises FileNotFoundError when none is."""
    files = {path.stem: path.read_text("utf-8") for path in sorted((config / "texts").glob("*.toml"))}
    if not files:
        raise FileNotFoundError(f"no texts in {config / 'texts'}: name the folder that holds texts/vi.toml by --config")
    return texts_from(files)
