"""The loop of one branch's server, and what stands around it: sockets, door, views, start."""

from queue_server.server.loop import Server
from queue_server.server.sockets import DoorOpen, Ports, PortTaken
from queue_server.server.start import AlreadyServed, Ready, Settings, serve

__all__ = ["AlreadyServed", "DoorOpen", "PortTaken", "Ports", "Ready", "Server", "Settings", "serve"]
