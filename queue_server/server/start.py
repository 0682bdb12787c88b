"""Everything between the command line and the loop: open the branch, check it, serve it, leave it clean."""

import fcntl
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from protocol.events import AnyEvent, ClockStepped, ServerStarted
from protocol.keys import KEY_FILE, LINK_FILE, LinkSettings, NotPaired, UnusableKey, load_or_make_keys
from protocol.views import Refused
from presentation.texts import Texts, texts_from
from queue_server.branch_files import BRANCH_KEY_FILE, SERVER_KEY_FILE, TECHNICIAN, NoBranch
from queue_server.clock import Clock, keep_anchor, machine_clock
from queue_server.config import parse
from queue_server.handler import Handler, Surroundings
from queue_server.journal import Head, NotALog
from queue_server.log import LOG_FILE, Log
from queue_server.recovery import load_branch
from queue_server.server.loop import Server
from queue_server.server.sockets import Ports, Sockets
