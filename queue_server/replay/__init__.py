"""Recorded days played again under a draft of the configuration: who would have been called when, and who waited.

The people of the day do as they did: they come at the same instants, for the same service and class, and need the
same time; the clerks are there when they were, take as long from one citizen to the next, and their choices by hand,
no-shows, parked and transferred visits are repeated. Only who is next is decided anew, by the rule itself
(`queue_server.core.next_visit`). A day that is played under the configuration it was recorded with therefore gives the
same calls in the same order, and a test says so.

    story       what the people of a day did, as data
    readiness   how long a counter could have called and had somebody to call; the same measure for both sides
    recorder    a day's events -> its story
    player      a story and a draft -> the calls that would have been
    figures     both sides as waits by class and by service, and what could not be repeated
    days        the recorded days of a log

All but `days` is pure. Nothing here writes.
"""
