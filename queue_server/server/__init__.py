"""The loop of one branch's server, and what stands around it: sockets, door, views, start."""

from queue_server.server.loop import Server
from queue_server.server.sockets import DoorOpen, PortTaken, Ports
from queue_server.server.start import Settings, serve

__all__ = ["DoorOpen", "PortTaken", "Ports", "Server", "Settings", "serve"]
