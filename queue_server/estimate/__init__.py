"""How long a citizen who comes now may wait: the real calling rule, simulated on the present hall.

ranges.py   many futures of a snapshot -> P50 to P90 per service and priority class, corrected by what was learned
future.py   one future: counters call by the very rule that calls in the hall
chances.py  what a future draws: service times, calls in vain, who still comes, when counters open and close
frames.py   snapshots and ranges on a pipe
__main__.py the process around it, ``python -m queue_server.estimate``
"""

from queue_server.estimate.frames import Estimates, decode_answer, encode_question
from queue_server.estimate.ranges import estimate

__all__ = ["Estimates", "decode_answer", "encode_question", "estimate"]
