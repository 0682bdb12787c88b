"""The far end of each wire: byte-level simulators at real ptys and TCP ports, with faults.

Shipped, and used by tests and the demonstration alike. As a process: ``python -m hardware.simulated --config
hall.toml``; inside a process: through ``hardware.registry`` by a ``simulated://`` address, and no other way.
"""

import threading

from hardware.simulated.config import HallConfig
from hardware.simulated.control import ControlPort
from hardware.simulated.hall import SimulatedHall


class HallThread:
    """A hall of simulated devices served by a thread of this process."""

    def __init__(self, config: HallConfig) -> None:
        self._hall = SimulatedHall(config)
        self._control = ControlPort(self._hall, config.control)
        self.control, self.addresses = self._control.address, self._hall.addresses()
        self._thread = threading.Thread(target=self._hall.run, name="simulated hall")
        self._thread.start()

    def close(self) -> None:
        """Unplug everything and end the thread."""
        self._hall.stop()
        self._thread.join()
        self._control.close()


__all__ = ["HallConfig", "HallThread"]
