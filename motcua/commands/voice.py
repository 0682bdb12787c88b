"""Make, fill and hear the clip packs from which a board says its calls.

    motcua voice make DIR                          by espeak-ng, from words; do this when a board is installed
    motcua voice make DIR --piper vi=MODEL.onnx    by Piper, where that program and a model of its are at hand
    motcua voice script                            what a studio has to record: the name of each file and its words
    motcua voice take RECORDINGS DIR --speaker "Nguyễn Thị Hạnh"
    motcua voice say DIR H105 3 --to call.wav      how the board will say it

What a pack lacks for a hall is told by `motcua check config/branch.toml --clips DIR`.
"""

import argparse
import re
from pathlib import Path

from motcua.commands import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    make = steps.add_parser("make", help="make a pack with a speech program")
    make.add_argument("pack", type=Path, metavar="DIR")
    make.add_argument(
        "--piper",
        action="append",
        default=[],
        metavar="LANGUAGE=MODEL",
        help="have Piper speak this language by this model (NAME.onnx); may be given again",
    )
    script = steps.add_parser("script", help="list what a studio has to record")
    script.add_argument("--language", action="append", metavar="LANGUAGE", help="only this one; may be given again")
    take = steps.add_parser("take", help="make a pack of a studio's recordings")
    take.add_argument("recordings", type=Path, metavar="RECORDINGS")
    take.add_argument("pack", type=Path, metavar="DIR")
    take.add_argument("--name", default="", help="what the pack is called (default: the name of its folder)")
    take.add_argument("--speaker", required=True, help="whose voice it is")
    take.add_argument("--language", action="append", metavar="LANGUAGE", help="those recorded (default: all)")
    say = steps.add_parser("say", help="write a call as the board will say it")
    say.add_argument("pack", type=Path, metavar="DIR")
    say.add_argument("number", help="as on the ticket: H105")
    say.add_argument("counter", type=int)
    say.add_argument("--to", type=Path, required=True, metavar="FILE.wav")
    say.add_argument("--language", default="vi")
    say.add_argument("--numbers", choices=("digits", "number"), default="digits")
    say.add_argument("--dialect", choices=("north", "south"), default="north")
    say.add_argument("--again", action="store_true", help="as a recall")
    say.add_argument("--priority", action="store_true", help="as a priority number")


def run(arguments: argparse.Namespace) -> int:
    """Do the step."""
    from display.clips import NoPack

    steps = {"make": _make, "script": _script, "take": _take, "say": _say}
    try:
        return steps[arguments.step](arguments)
    except NoPack as problem:
        raise Problem(str(problem)) from problem


def _make(arguments: argparse.Namespace) -> int:
    from display.pack_maker import espeak, make_pack, piper
    from presentation.speech import SPOKEN_LANGUAGES

    models = {}
    for given in arguments.piper:
        language, equals, model = given.partition("=")
        if not equals or language not in SPOKEN_LANGUAGES:
            raise Problem(f"{given!r} names no voice; write --piper vi=/path/NAME.onnx ({', '.join(SPOKEN_LANGUAGES)})")
        models[language] = Path(model)
    # Every program is looked for before the first word, so that nobody waits for a refusal.
    speakers = {
        language: piper(models[language]) if language in models else espeak(language) for language in SPOKEN_LANGUAGES
    }
    pack = make_pack(arguments.pack, speakers, name="default" if not models else "piper")
    for language, speaker in speakers.items():
        print(f"{language}: {speaker.voice}")
    print(f"{pack.folder} is complete.")
    return 0


def _script(arguments: argparse.Namespace) -> int:
    from presentation.speech import clip_words

    for language in _languages(arguments.language):
        for key, words in clip_words(language).items():
            print(f"{language}/{key}.wav\t{words}")
    return 0


def _take(arguments: argparse.Namespace) -> int:
    from display.pack_maker import take_recordings

    languages = _languages(arguments.language)
    name = arguments.name or arguments.pack.name
    speakers = dict.fromkeys(languages, arguments.speaker)
    wrong = take_recordings(arguments.recordings, arguments.pack, name=name, speakers=speakers)
    for line in wrong:
        print(f"clip {line}")
    if wrong:
        print(f"{len(wrong)} to mend; {arguments.pack} was left as it was.")
    else:
        print(f"{arguments.pack} is complete. Give it to the board: motcua display --clips {arguments.pack}")
    return int(bool(wrong))


def _say(arguments: argparse.Namespace) -> int:
    from display.clips import open_pack, write_wav
    from display.voice import sounds_of
    from presentation.speech import CallStyle, call_words, transcript

    found = re.fullmatch(r"([A-ZĐ]{0,3})(\d{1,6})", arguments.number.upper())
    if found is None or not 0 <= arguments.counter < 1000:  # noqa: PLR2004 -- no hall has so many counters.
        raise Problem(f"{arguments.number!r} at counter {arguments.counter} is no call; write H105 3")
    (language,) = _languages([arguments.language])
    style = CallStyle(numbers=arguments.numbers, dialect=arguments.dialect)
    words = call_words(
        *(found[1], int(found[2]), arguments.counter, language, style),
        again=arguments.again,
        priority=arguments.priority,
    )
    pack = open_pack(arguments.pack)
    sounds = (pack.chime(), *sounds_of(words, language, pack))
    try:
        write_wav(arguments.to, b"".join(sound.pcm for sound in sounds))
    except OSError as error:
        raise Problem(f"{arguments.to} cannot be written: {error}") from error
    print(f"{arguments.to}: {transcript(words, language)}")
    return 0


def _languages(given: list[str] | None) -> tuple[str, ...]:
    from presentation.speech import SPOKEN_LANGUAGES

    for language in given or ():
        if language not in SPOKEN_LANGUAGES:
            raise Problem(f"there is no grammar for {language!r}; known are {', '.join(SPOKEN_LANGUAGES)}")
    return tuple(given or SPOKEN_LANGUAGES)
