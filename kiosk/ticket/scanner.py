"""The kiosk's scanner: opens it, tells the flow what was scanned, and says when it is gone. It logs no scan."""

import sys
from collections.abc import Callable

from hardware.codecs.scan import Dropped, ScanEvent
from hardware.codecs.scan import Scanned as CodeScanned
from hardware.inputs import InputOwner, SourceHealth, scans_of
from hardware.registry import Device
from kiosk.ticket.model import Input, ScannerHealth
from kiosk.ticket.scan_model import Scanned
from kiosk.ticket.scans import CodeForms, classify


class Scanner:
    """One scanner. `tell` is called on the owner's thread."""

    def __init__(self, device: Device, forms: CodeForms, tell: Callable[[Input], None]) -> None:
        self._tell = tell
        self._forms = forms
        self._owner = InputOwner(device.open, scans_of(device), self._happened, "scanner")

    def close(self) -> None:
        """Give the scanner back."""
        self._owner.close()

    def _happened(self, event: ScanEvent | SourceHealth) -> None:
        match event:
            case CodeScanned(text=text):
                self._tell(Scanned(classify(text, self._forms)))
            case Dropped(reason=reason, length_bytes=length):
                sys.stderr.write(f"kiosk: a scan of {length} bytes was dropped: {reason}\n")
                self._tell(Scanned(None))
            case SourceHealth(is_open=is_open, what=what):
                sys.stderr.write(f"kiosk: the scanner {'is there' if is_open else 'is away: ' + what}\n")
                self._tell(ScannerHealth("" if is_open else what))
