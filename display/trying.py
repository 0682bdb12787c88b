"""A technician's trials of a board: its voice and its screen. Whether both are well, ears and eyes must tell."""

from collections.abc import Callable
from functools import partial

from display.voice import Voice
from presentation.stopping import StopWords
from presentation.texts import Texts
from protocol.attending import Tell
from protocol.commands import Trial, TrialResult

OnPicture = Callable[[str, Callable[[], None]], None]
"""Shows the trial picture under a title, in the window's thread; tells once it is painted."""


def try_sound(voice: Voice, texts: Texts, trial: Trial, tell: Tell) -> None:
    """Have the chime and a sentence said, after what is being said already."""
    words = StopWords("vi", texts("devices.trial_sentence", "vi"), "")
    if not voice.try_out(words, partial(_said, trial, tell)):
        tell(TrialResult(trial_id=trial.trial_id, result="failed", reason="in_use"))


def _said(trial: Trial, tell: Tell, why: str) -> None:
    tell(TrialResult(trial_id=trial.trial_id, result="failed" if why else "unseen", reason=why or "listen"))


def try_screen(show: OnPicture, trial: Trial, tell: Tell) -> None:
    """Have the screen show its trial picture."""
    show(trial.function_id, lambda: tell(TrialResult(trial_id=trial.trial_id, result="unseen", reason="look")))
