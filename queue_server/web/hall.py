"""The hall as the staff pages know it."""

from typing import Final

from queue_server.watched_hall import LinkPort, Listener, OpenLink, WatchedHall

__all__ = ["TOPICS", "Hall", "LinkPort", "Listener", "OpenLink"]

TOPICS: Final = ("hall", "order", "kiosk", "devices", "counter/")
"""All that a staff page may show: one topic of each kind, and every counter."""


class Hall(WatchedHall):
    """The hall by the link of the staff pages."""

    def __init__(self, open_link: OpenLink) -> None:
        super().__init__(open_link, TOPICS, "staff")
