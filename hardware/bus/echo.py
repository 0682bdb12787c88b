"""An adapter that hears itself is no error: what was sent is taken away from what is heard. Pure."""


class EchoFilter:
    """Takes the echo of one request away from what is heard after it.

    A wire echoes always or never, and the master learns which (:class:`EchoSense`): some right answers repeat their
    request byte by byte (Modbus function 06), so a filter must not be used where no echo is.
    """

    def __init__(self, sent: bytes) -> None:
        self._sent = sent
        self._expected = sent

    @property
    def whole(self) -> bool:
        """Whether all that was sent has come back."""
        return bool(self._sent) and not self._expected

    @property
    def rest(self) -> bytes:
        """Return what may still come back."""
        return self._expected

    def feed(self, data: bytes) -> bytes:
        """Return ``data`` without the echo at its beginning."""
        same = 0
        while same < len(data) and same < len(self._expected) and data[same] == self._expected[same]:
            same += 1
        echo = self._sent[: len(self._sent) - len(self._expected) + same]
        self._expected = self._expected[same:]
        if same < len(data) and self._expected:
            # It was no echo after all: give back what looked like one, and look no further.
            self._sent = self._expected = b""
            return echo + data[same:]
        return data[same:]


class EchoSense:
    """Learns from the answers whether this wire echoes."""

    def __init__(self) -> None:
        self.echoes: bool | None = None

    def filter(self, sent: bytes) -> EchoFilter:
        """Return the filter for a request; it lets all through once the wire is known not to echo."""
        return EchoFilter(b"" if self.echoes is False else sent)

    def answered(self, used: EchoFilter) -> None:
        """Take note that a right answer came through ``used``."""
        if self.echoes is None:
            self.echoes = used.whole
