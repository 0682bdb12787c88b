"""The limits of guessing: what Flask-Limiter is told to count, and the memory in which it counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_limiter import RateLimitExceeded
from flask_login import LoginManager
from limits import RateLimitItemPerSecond
from limits.strategies import MovingWindowRateLimiter

from queue_server.api.app import bounded_limiter
from queue_server.web.tries import (
    AT_ONCE,
    TRIES_OF_ADDRESS,
    TRIES_OF_PERSON,
    TRIES_TOGETHER,
    BoundedStorage,
    Tries,
    wrong,
)

ROOT = Path(__file__).parents[2]
HERE, THERE = "10.0.0.7", "10.0.0.8"


@pytest.fixture
def knocked() -> Iterator[FlaskClient]:
    """Serve a door that only the right word opens."""
    app, tries = Flask(__name__), Tries()
    app.secret_key = "of no real place"  # noqa: S105 -- an example.
    LoginManager(app).user_loader(lambda _: None)
    tries.install(app)

    def knock(word: str) -> str:
        if word == "right":
            tries.right()
        else:
            wrong()
        return word

    app.add_url_rule("/<word>", "entry.log_in", knock, methods=["POST"])
    app.register_error_handler(RateLimitExceeded, lambda _: (str(tries.wait_s()), 429))
    with app.test_client() as client:
        yield client


def say(door: FlaskClient, word: str, name: str = "lan", address: str = HERE) -> int:
    answer = door.post(f"/{word}", data={"username": name}, environ_base={"REMOTE_ADDR": address})
    if answer.status_code == 429:
        assert 0 < int(answer.text) <= 900
    return answer.status_code


def test_guessing_is_limited(knocked: FlaskClient) -> None:
    assert [say(knocked, "wrong") for _ in range(TRIES_TOGETHER + 1)] == [200] * TRIES_TOGETHER + [429]
    assert say(knocked, "right") == 429
    assert say(knocked, "right", address=THERE) == 200, "a colleague's nonsense at another place locks nobody out"


def test_guessing_many_names_from_one_place_is_limited(knocked: FlaskClient) -> None:
    for number in range(TRIES_OF_ADDRESS):
        assert say(knocked, "wrong", f"name-{number}") == 200
    assert say(knocked, "right", "somebody-new") == 429
    assert say(knocked, "right", "somebody-new", THERE) == 200


def test_guessing_one_name_from_many_places_is_limited(knocked: FlaskClient) -> None:
    for number in range(TRIES_OF_PERSON):
        assert say(knocked, "wrong", address=f"10.0.1.{number}") == 200
    assert say(knocked, "right", address=THERE) == 429


def test_the_right_password_forgets_the_wrong_ones(knocked: FlaskClient) -> None:
    for _ in range(TRIES_TOGETHER - 1):
        say(knocked, "wrong")
    say(knocked, "right")
    assert [say(knocked, "wrong") for _ in range(TRIES_TOGETHER)] == [200] * TRIES_TOGETHER


def test_many_tries_at_once_are_limited_before_any_is_known_to_be_wrong(knocked: FlaskClient) -> None:
    assert [say(knocked, "right") for _ in range(AT_ONCE + 1)] == [200] * AT_ONCE + [429]


def test_what_was_counted_ends_with_its_window() -> None:
    now_s = 0.0
    limiter = MovingWindowRateLimiter(BoundedStorage(now_s=lambda: now_s))
    two = RateLimitItemPerSecond(2, 900)
    assert [limiter.hit(two, "lan") for _ in range(3)] == [True, True, False]
    assert limiter.get_window_stats(two, "lan").reset_time == 900
    now_s = 899.9
    assert not limiter.test(two, "lan")
    now_s = 900.0
    assert limiter.test(two, "lan")
    assert limiter.hit(two, "lan")


def test_names_do_not_fill_the_memory() -> None:
    storage = BoundedStorage(most=3)
    for name in ("a", "b", "c", "a", "d"):
        storage.acquire_entry(name, 5, 900)
    held = {name: storage.get_moving_window(name, 5, 900)[1] for name in "abcd"}
    assert held == {"a": 2, "b": 0, "c": 1, "d": 1}, "the longest untouched was forgotten"


def test_a_fixed_window_is_a_mistake_of_ours() -> None:
    storage = BoundedStorage()
    for ask in (lambda: storage.incr("a", 1), lambda: storage.get("a"), lambda: storage.get_expiry("a")):
        with pytest.raises(AssertionError, match="moving window"):
            ask()


def test_no_limit_of_ours_asks_for_a_fixed_window() -> None:
    app, tries = Flask(__name__), Tries()
    # What the environment could set of the library is not listened to.
    app.config.update(RATELIMIT_STRATEGY="fixed-window", RATELIMIT_STORAGE_URI="memory://")
    tries.install(app)
    for limiter in (tries.limiter, bounded_limiter()):
        assert type(limiter) is MovingWindowRateLimiter
        assert type(limiter.storage) is BoundedStorage
        two = RateLimitItemPerSecond(2, 900)
        assert [limiter.hit(two, "lan") for _ in range(3)] == [True, True, False]
        assert not limiter.test(two, "lan")
        assert limiter.get_window_stats(two, "lan").remaining == 0
        limiter.clear(two, "lan")
        assert limiter.storage.reset() == 0
    using = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "queue_server").rglob("*.py")
        if "import BoundedStorage" in (text := path.read_text("utf-8"))
        or "BoundedStorage(" in text
        or "bounded://" in text
    }
    assert using == {"queue_server/bounded_storage.py", "queue_server/web/tries.py", "queue_server/api/app.py"}
