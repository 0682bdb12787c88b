"""A board ends when it is told to, even while its main thread holds what the ending needs."""

import subprocess
import sys

PROGRAM = """
import os, signal, threading
from display.ending import end_on_signals

lock, ended = threading.Lock(), threading.Event()

def end():
    with lock:
        ended.set()

end_on_signals(end)
with lock:
    os.kill(os.getpid(), signal.SIGTERM)
assert ended.wait(5), "the signal was lost"
"""


def test_a_signal_that_comes_while_the_lock_is_held_is_followed_afterwards() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=False, timeout=30, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
