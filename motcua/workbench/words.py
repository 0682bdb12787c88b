"""The words of tickets and sheets that technicians print."""

from pathlib import Path

from motcua.commands import Problem
from presentation.texts import Texts, TextsError, Words, texts_from


def read_texts(config: Path) -> Texts:
    """Read the words of all languages. Raises Problem."""
    files = {path.stem: path.read_text("utf-8") for path in sorted((config / "texts").glob("*.toml"))}
    if not files:
        raise Problem(f"{config / 'texts'} has no words (vi.toml, en.toml); name the folder with --config")
    try:
        return texts_from(files)
    except TextsError as error:
        raise Problem(f"{config / 'texts'}: {error}") from error


def words_of(config: Path, language: str) -> Words:
    """Give the words of one language. Raises Problem."""
    texts = read_texts(config)
    if language not in texts.by_language:
        raise Problem(f"there are no words in {language!r}; there are: {', '.join(texts.by_language)}")
    return texts.words(language)
