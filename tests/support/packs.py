"""Small packs of clips: every word there is, each a sound of its own and as short as a sound can be."""

from pathlib import Path

from display.clips import write_wav
from presentation.speech import clip_words

LANGUAGES = ("vi", "en")


def small_pack(folder: Path) -> Path:
    """Make a pack in a folder; gives the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text('name = "test"\nmade_by = "test"\n[languages]\nvi = "v"\nen = "e"\n', "utf-8")
    for language in LANGUAGES:
        (folder / language).mkdir()
        for number, key in enumerate(clip_words(language), start=1):
            write_wav(folder / language / f"{key}.wav", number.to_bytes(2, "little") * (900 + number))
    write_wav(folder / "chime.wav", b"\x10\x20" * 500)
    return folder
