"""What a hall of simulated devices consists of, as TOML or JSON; checked, with the place of each mistake."""

from pathlib import Path
from typing import Literal

import msgspec

from hardware.device_files import load, load_preset
from hardware.simulated.inputs import InputKind
from hardware.simulated.printer import PrinterConfig
from hardware.simulated.slaves import Kind, slave
from hardware.simulated.wire import SlaveModel
from presentation.mistakes import Mistakes


class PrinterEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A printer at ``address``: ``tcp://127.0.0.1:0`` (any free port) or ``pty:/path/of/a/link``."""

    name: str
    address: str
    width_dots: Literal[576, 512, 384] = 576
    buffer_bytes: int = 4096
    rows_per_s: float = 0.0
    tear_bar: bool = False
    has_process_id: bool = True
    feed_units_per_dot: int = 1
    bytes_per_s: float = 0.0  # How fast its wire carries bytes to it; 0: as fast as they come.

    def model_config(self) -> PrinterConfig:
        """Return what the pure printer needs to know."""
        return PrinterConfig(
            width_dots=self.width_dots,
            buffer_bytes=self.buffer_bytes,
            rows_per_s=self.rows_per_s,
            tear_bar=self.tear_bar,
            has_process_id=self.has_process_id,
            feed_units_per_dot=self.feed_units_per_dot,
        )


class SlaveEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A device on a wire. ``address`` is 1-254, ``protocol`` its language (``hardware/simulated/slaves.py``)."""

    address: int
    kind: Kind
    protocol: str = "reference"
    preset: str = ""
    file: str = ""

    def model(self) -> SlaveModel:
        """Return the slave. Raises ValueError that names the mistake."""
        try:
            device = load(Path(self.file)) if self.file else load_preset(self.preset) if self.preset else None
        except Mistakes as mistakes:
            raise ValueError(str(mistakes)) from mistakes
        return slave(self.protocol, self.address, self.kind, device)


class WireEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An RS-485 wire at ``address`` (``pty:/path/of/a/link``) with its slaves.

    With ``baud`` each byte takes its time, as on a real wire; without (0) none does.
    """

    name: str
    address: str
    baud: int = 0
    slaves: tuple[SlaveEntry, ...] = ()


class InputEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keypad or scanner that sends by itself, at ``address`` (``pty:/path/of/a/link``).

    ``serial_scanner`` sends bytes; ``keyboard_scanner`` and ``keypad`` send the kernel's input records.
    """

    name: str
    address: str
    kind: InputKind


class HallConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hall of devices. Pictures of cut tickets go to ``tickets``."""

    tickets: str
    control: str = "tcp://127.0.0.1:0"
    printers: tuple[PrinterEntry, ...] = ()
    wires: tuple[WireEntry, ...] = ()
    inputs: tuple[InputEntry, ...] = ()


def read_config(path: Path) -> HallConfig:
    """Read a hall from a ``.toml`` or ``.json`` file. Raises OSError, or ValueError that names the mistake."""
    data = path.read_bytes()
    try:
        if path.suffix == ".toml":
            return msgspec.toml.decode(data, type=HallConfig)
        return msgspec.json.decode(data, type=HallConfig)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error
