"""What devices tell of themselves while they attend, and the trials that wait for them. It is kept in memory alone.

None of it is the branch's story: a program's version, how far a clock is off, or that a lamp was looked at decides
nothing about any citizen. A server that starts anew hears all of it again within seconds, and a trial that was under
way then is simply not answered: nothing pressed before is done later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import msgspec

from protocol import commands as c
from protocol.commands import About, Trial
from protocol.views import Silence, TrialKnown
from queue_server.clock import machine_clock
from queue_server.contacts import Contacts
from queue_server.core.request import Attendance

TRIAL_LIFE_S: Final = 12.0
"""Real seconds: a device attends every three, so one that is there has had four chances."""
TRIALS_KEPT: Final = 8
"""Of each device; the oldest go first."""
SILENCES_TOLD: Final = 8
DEVICES_MOST: Final = 1024


@dataclass
class _Known:
    about: About | None = None
    told_at: datetime | None = None
    offset_s: float | None = None
    """How far its machine's clock was ahead of this one's when it told; the message's way makes it seem behind."""
    trials: dict[str, TrialKnown] = field(default_factory=dict)


class AttendanceBook:
    """What is known, by device id."""

    def __init__(self, machine_now: Callable[[], datetime] = machine_clock) -> None:
        self._machine_now = machine_now
        self._known: dict[str, _Known] = {}

    def of(self, command: c.Asked, device_id: str, contacts: Contacts, at: datetime, rate: float) -> Attendance:
        """Take what a command brings, and give what is known of the device: the asker's own, or the one meant.

        Of no device (the id is empty) nothing is known, and nothing kept.
        """
        if not device_id:
            return Attendance()
        if device_id not in self._known and len(self._known) >= DEVICES_MOST:
            self._known.clear()
        known = self._known.setdefault(device_id, _Known())
        life = timedelta(seconds=TRIAL_LIFE_S * rate)
        match command:
            case c.Attend():
                known.about, known.told_at = command.about, at
                known.offset_s = round((command.about.machine_at - self._machine_now()).total_seconds(), 3)
                _settle(known.trials, command, at)
            case c.TryFunction() if command.trial_id not in known.trials:
                known.trials[command.trial_id] = TrialKnown(
                    trial_id=command.trial_id, function_id=command.tried_function_id, trial=command.trial, asked_at=at
                )
                while len(known.trials) > TRIALS_KEPT:
                    del known.trials[next(iter(known.trials))]
            case _:
                pass
        heard_at, silences = contacts.known(device_id, at)
        return Attendance(
            about=known.about,
            told_at=known.told_at,
            clock_offset_s=known.offset_s,
            heard_at=heard_at,
            silences=tuple(Silence(from_at=begin, to_at=end) for begin, end in silences[:SILENCES_TOLD]),
            trials=tuple(_judged(one, at, life) for one in reversed(known.trials.values())),
            due=tuple(
                Trial(trial_id=one.trial_id, function_id=one.function_id, trial=one.trial)
                for one in known.trials.values()
                if one.result is None and at - one.asked_at < life
            ),
        )


def _settle(trials: dict[str, TrialKnown], command: c.Attend, at: datetime) -> None:
    """Take the first result of each trial; one that came late is still a result."""
    for result in command.results:
        known = trials.get(result.trial_id)
        if known is not None and known.result is None:
            trials[result.trial_id] = msgspec.structs.replace(known, result=result, answered_at=at)


def _judged(known: TrialKnown, at: datetime, life: timedelta) -> TrialKnown:
    return msgspec.structs.replace(known, over=known.result is None and at - known.asked_at >= life)
