"""A small morning's requests for the real handler: numbers from two kiosks, and one counter that serves."""

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from protocol.codec import decode_reply, encode
from protocol.commands import AnyCommand, CallNext, EndService, OpenCounter, SignInClerk, StartService, TakeTicket
from protocol.events import ConfigurationChanged, DevicePaired
from protocol.views import Refused, TicketTaken
from queue_server import core
from queue_server.config import parse
from queue_server.handler import Asked, Handler, Rules
from queue_server.log import Log
from queue_server.recovery import load_branch
from queue_server.surroundings import Surroundings
from tests.support.driven_branch import instant
from tests.support.halls import devices_of, key_of, small_hall

BEGINS_AT = instant("08:00")
STEP = timedelta(seconds=10)
DEVICES = ("kiosk-1", "kiosk-2", "staff-1")


def _sentences(_refused: Refused, _languages: Sequence[str]) -> Mapping[str, str]:
    return {}


SURROUNDINGS = Surroundings(
    epoch=1,
    rate=1.0,
    branch_key=b"k" * 32,
    sentences=_sentences,
    draw=lambda alphabet, length: alphabet[0] * length,
    parse=parse,
)


def found(log: Log, rules: Rules = core) -> Handler:
    """Begin the small hall's branch in an empty log and open its day, by the real rules unless others are given."""
    hall = small_hall()
    log.append(
        [
            ConfigurationChanged(at=BEGINS_AT, configuration=hall, sources={}),
            *(
                DevicePaired(
                    at=BEGINS_AT, device_id=one.device_id, name="", public_key=one.public_key, functions=one.functions
                )
                for one in devices_of(hall)
                if one.device_id in DEVICES
            ),
        ]
    )
    handler = taken_up(log, rules)
    assert handler is not None
    return handler


def taken_up(log: Log, rules: Rules = core) -> Handler | None:
    """Take up the branch from its log, as a start does, and open its day; ``None`` for a log without events."""
    loaded = load_branch(log)
    if loaded is None:
        return None
    handler = Handler(log, loaded[0], SURROUNDINGS, rules)
    while handler.tick(BEGINS_AT):
        pass
    return handler


def instants() -> Iterator[datetime]:
    """Give the time of each batch."""
    return (BEGINS_AT + STEP * index for index in itertools.count(1))


def batches(seed: int, count: int) -> Iterator[list[Asked]]:
    """Give the morning's requests, batch by batch."""
    chance = random.Random(seed)
    ids = itertools.count(seed << 64 | 1)
    yield [_staff(SignInClerk, next(ids)), _staff(OpenCounter, next(ids))]
    for number in range(count - 1):
        batch = [_take(chance, next(ids)) for _ in range(chance.randrange(1, 4))]
        served = (CallNext, StartService, EndService)[number % 3]
        batch.append(_staff(served, next(ids), **({"outcome": "received"} if served is EndService else {})))
        chance.shuffle(batch)
        yield batch


def _take(chance: random.Random, number: int) -> Asked:
    kiosk = f"kiosk-{chance.randrange(1, 3)}"
    service_id = chance.choice(("civil_status", "certification"))
    visit_id = f"{chance.getrandbits(128):032x}"
    command = TakeTicket(function_id=kiosk, visit_id=visit_id, service_id=service_id, priority_class_id="usual")
    return _asked(kiosk, number, command)


def _staff(kind: type[AnyCommand], number: int, **fields: str) -> Asked:
    at_counter = {"function_id": "staff-1", "staff_role": "clerk", "counter_id": "counter-1", "clerk_id": "lan"}
    return _asked("staff-1", number, kind(**at_counter, **fields))  # type: ignore[arg-type]  # Counter commands all.


def _asked(device_id: str, number: int, command: AnyCommand) -> Asked:
    return Asked(key_of(device_id), f"{number:032x}".encode(), encode(command))


def ticket(reply: bytes | None) -> tuple[str, tuple[str, int]] | None:
    """Give the visit and the number that a reply tells, if it tells one."""
    decoded = decode_reply(reply) if reply is not None else None
    if isinstance(decoded, TicketTaken):
        return decoded.visit_id, (decoded.prefix, decoded.number)
    return None


def given_twice(replies: Sequence[bytes | None]) -> bool:
    """Tell whether two visits were told one number, or one visit two."""
    told = {found for reply in replies if (found := ticket(reply)) is not None}
    return len({visit for visit, _ in told}) != len(told) or len({number for _, number in told}) != len(told)


def is_number_of(branch: core.Branch, reply: bytes | None) -> bool:
    """Tell whether the branch knows the number that a reply told."""
    said = ticket(reply)
    if said is None:
        return True
    visit = branch.visits.get(said[0])
    return visit is not None and (visit.prefix, visit.number) == said[1]
