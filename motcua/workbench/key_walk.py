"""Walking a keypad key by key, in any order, until each of its keys has come. Pure.

A finger presses twice now and then, and a worn contact may; that is told and forgiven. What is not forgiven is a key
that never came, unless the technician says why. A key that means nothing is named, for it may be the missing one.
"""

from collections import Counter
from typing import Literal

from motcua.workbench.checks import Seen, Step

Told = Literal["new", "again", "unknown"]


class KeyWalk:
    """One keypad's walk. ``expected`` are its keys, one character each."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._pressed: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    def press(self, key: str) -> Told:
        """Take a key, by its character, or by the name that the device gives to one without a character."""
        if key not in self._expected:
            self._unknown[key] += 1
            return "unknown"
        self._pressed[key] += 1
        return "new" if self._pressed[key] == 1 else "again"

    @property
    def missing(self) -> str:
        """The keys that have not come yet, in their order."""
        return "".join(key for key in self._expected if key not in self._pressed)

    def count(self, key: str) -> int:
        """Say how often a key has come."""
        return self._pressed[key] + self._unknown[key]

    def step(self, skipped: str = "", trouble: tuple[Seen, ...] = ()) -> Step:
        """Sum up. ``skipped`` is the technician's reason for leaving out what is missing; without one it is a fault."""
        came = " ".join(key for key in self._expected if self._pressed[key])
        seen = [Seen(key="keys_came", parts={"keys": came})] if came else [Seen(key="no_key")]
        if again := " ".join(f"{key}×{count}" for key, count in sorted(self._pressed.items()) if count > 1):
            seen.append(Seen(key="keys_again", parts={"keys": again}))
        if self._unknown:
            seen.append(Seen(key="keys_unknown", parts={"keys": " ".join(sorted(self._unknown))}))
        if self.missing:
            what = "keys_left_out" if skipped else "keys_missing"
            seen.append(Seen(key=what, parts={"keys": " ".join(self.missing)}))
        is_good = bool(came) and not trouble and (not self.missing or bool(skipped))
        verdict: Literal["passed", "failed"] = "passed" if is_good else "failed"
        return Step(name="keys", verdict=verdict, seen=(*seen, *trouble), note=skipped)
