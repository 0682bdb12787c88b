"""The words of all languages, read from their folder once at the start of a program."""

from pathlib import Path

from presentation.texts import Texts, TextsError, parse_texts


def texts_in(folder: Path) -> Texts:
    """Read `<folder>/<language>.toml` of every language; raises TextsError, which names the folder or the file."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise TextsError(f"there are no texts in {folder}; name the folder that holds texts/vi.toml by --config")
    by_language = {}
    for file in files:
        try:
            by_language[file.stem] = parse_texts(file.read_text("utf-8"))
        except (TextsError, UnicodeDecodeError, OSError) as problem:
            raise TextsError(f"{file}: {problem}") from problem
    return Texts(by_language)
