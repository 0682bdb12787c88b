"""How long a counter was ready: open, without a visit, and with somebody whom it might call.

A clerk looks up from the keyboard, puts papers away, drinks some water: from being ready to the next press passes a
time that belongs to the clerk and not to the calling rule. It is counted only while somebody waits for the counter, and
goes on counting where the one who waited was called elsewhere. Both sides of a replay measure it by this class, to the
microsecond; that is why an unchanged day comes out unchanged.
"""

from datetime import datetime, timedelta

from queue_server.core.calling import somebody_waits_for
from queue_server.core.state import Branch, CounterToday


class Readiness:
    """The time that each counter was ready since its last call."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._spent: dict[str, timedelta] = {}

    def look(self, branch: Branch, at: datetime) -> None:
        """See which counters are ready from this instant on, and which are no more."""
        for counter in branch.counters.values():
            name = counter.counter_id
            if _is_ready(branch, counter):
                self._since.setdefault(name, at)
            elif name in self._since:
                self._spent[name] = self.spent(name, at)
                del self._since[name]

    def spent(self, counter_id: str, at: datetime) -> timedelta:
        """Give how long the counter was ready since it last called."""
        spent = self._spent.get(counter_id, timedelta())
        since = self._since.get(counter_id)
        return spent if since is None else spent + (at - since)

    def is_ready(self, counter_id: str) -> bool:
        """Tell whether it was ready at the last look."""
        return counter_id in self._since

    def forget(self, counter_id: str) -> None:
        """Begin anew: the counter has called, or opens."""
        self._since.pop(counter_id, None)
        self._spent.pop(counter_id, None)


def _is_ready(branch: Branch, counter: CounterToday) -> bool:
    # Backup heads are candidates when the primary lines are empty, so any waiting visit will do.
    free = counter.state == "open" and not counter.visit_id and branch.stopped is None
    return free and somebody_waits_for(branch, counter)
