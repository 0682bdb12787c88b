"""Read a hall's configuration and tell every mistake with its place and its mend.

Exit code 0 when the hall is right, 1 when it is not. The queue server refuses what this refuses.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from presentation.mistakes import Mistake, Mistakes
from presentation.texts import NAME_ORDER, Texts, TextsError, missing_texts, parse_texts
from protocol.configuration import Configuration

NAMED = 8
"""So many missing texts are named at once."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", nargs="?", type=Path, default=Path("config/branch.toml"), help="the hall's main file")
    parser.add_argument(
        "--clips", type=Path, metavar="DIR", help="a clip pack; name what it lacks for this hall's calls"
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object for scripts")


def run(arguments: argparse.Namespace) -> int:
    """Check one hall."""
    from queue_server.config.rules import unnamed

    _, unread = read_texts(texts_folder(arguments.file))
    configuration, found = _checked(arguments.file)
    if configuration is None or found:
        if arguments.json:
            rows = [{"file": m.file, "line": m.line, "place": m.place, "what": m.what, "mend": m.mend} for m in found]
            print(json.dumps({"ok": False, "mistakes": rows, "missing_texts": unread}, ensure_ascii=False))
        else:
            for mistake in found:
                print(mistake)
            for line in unread:
                print(line)
            print(f"{len(found) + len(unread)} to mend in {arguments.file}.")
        return 1
    missing = [] if arguments.clips is None else _missing_clips(arguments.clips, configuration)
    silent = silent_languages(texts_folder(arguments.file), configuration)
    notes = [_said_otherwise(language, count) for language, count in unnamed(configuration).items()]
    if arguments.json:
        sizes = _sizes(configuration)
        made = {
            "ok": not missing and not silent,
            "configuration_id": configuration.configuration_id,
            **sizes,
            "missing_clips": missing,
            "missing_texts": silent,
            "notes": notes,
        }
        print(json.dumps(made, ensure_ascii=False))
    else:
        words = ", ".join(f"{count} {name}" for name, count in _sizes(configuration).items())
        print(f"{arguments.file} is right: {words}.")
        for line in missing:
            print(f"clip {line}")
        for line in silent:
            print(line)
        for line in notes:
            print(f"note: {line}")
    return int(bool(missing or silent))


def _checked(main: Path) -> tuple[Configuration | None, list[Mistake]]:
    """Read a hall's files and `systems.toml` beside them; gives the hall, if it is right, and all mistakes."""
    from queue_server.config import load
    from queue_server.systems.settings import checked_settings

    configuration: Configuration | None = None
    found: list[Mistake] = []
    try:
        configuration, _ = load(main)
    except Mistakes as wrong:
        found += wrong.mistakes
    try:
        checked_settings(main if main.is_dir() else main.parent)
    except Mistakes as wrong:
        found += wrong.mistakes
    return configuration, found


def texts_folder(main: Path) -> Path:
    """Give the folder of the words beside a hall's main file, which may be named by the folder that it lies in."""
    return (main if main.is_dir() else main.parent) / "texts"


def _said_otherwise(language: str, count: int) -> str:
    return f"{count} names and sentences of the hall are not there in {language!r} and are shown in Vietnamese"


def read_texts(folder: Path) -> tuple[dict[str, Mapping[str, str]], list[str]]:
    """Read every file of words in a folder: what each says by language, and what is wrong with those that say nothing.

    A file counts whether or not the hall names its language: whoever starts a program there reads them all.
    """
    read: dict[str, Mapping[str, str]] = {}
    told: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            read[path.stem] = parse_texts(path.read_text("utf-8"))
        except UnicodeDecodeError:
            told.append(f"{path}: this is no UTF-8; save it as UTF-8")
        except OSError as error:
            told.append(f"{path}: cannot be read: {error.strerror or error}")
        except TextsError as error:
            told.append(f"{path}: {error}")
    return read, told


def silent_languages(folder: Path, configuration: Configuration) -> list[str]:
    """Tell of each file that cannot be read, and of each language of the hall what its file lacks.

    A kiosk says in Vietnamese what a file lacks; one that cannot be read stops every program that shows words.
    """
    read, told = read_texts(folder)
    if told or not read:
        return told  # No folder: a hall's file alone, as the examples are; its words are those that ship.
    missing_shipped = [language for language in NAME_ORDER if language not in read]
    if missing_shipped:
        return [f"{folder / f'{language}.toml'} is not there: copy the shipped one" for language in missing_shipped]
    texts = Texts(read)
    for language in configuration.languages:
        lacking = missing_texts(texts, language)
        if language not in read:
            told.append(f"{folder / f'{language}.toml'} is not there: its words are shown in Vietnamese; write it")
        elif lacking:
            named = ", ".join(lacking[:NAMED]) + (", …" if len(lacking) > NAMED else "")
            told.append(
                f"{folder / f'{language}.toml'}: {len(lacking)} texts are missing or have a strange part, and are "
                f"shown in Vietnamese: {named}"
            )
    return told


def _missing_clips(folder: Path, configuration: Configuration) -> list[str]:
    from display.clips import NoPack, missing_clips

    try:
        return missing_clips(folder, configuration.policies.announce_languages)
    except NoPack as problem:
        return [str(problem)]


def _sizes(configuration: Configuration) -> dict[str, int]:
    names = ("services", "queues", "counters", "priority_classes", "work_profiles", "catalogue")
    return {name: len(getattr(configuration, name)) for name in names}
