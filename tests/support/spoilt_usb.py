"""A USB device whose descriptors say anything: bytes in, what a backend of PyUSB would tell out."""

from array import array
from types import SimpleNamespace
from typing import Any, Final

import usb.backend
import usb.core

ENDPOINT_BYTES: Final = 4
INTERFACE_BYTES: Final = 4 + 3 * ENDPOINT_BYTES
VENDOR_ID, PRODUCT_ID = 0x04B8, 0x0E28


def interface(number: int, alternate: int, kind: int, *endpoints: tuple[int, int, int]) -> bytes:
    """Write one interface of at most three endpoints; each is its address, its attributes and its packets' size."""
    told = b"".join(bytes((address, attributes)) + size.to_bytes(2, "big") for address, attributes, size in endpoints)
    return bytes((number, alternate, kind, len(endpoints))) + told.ljust(3 * ENDPOINT_BYTES, b"\0")


class SpoiltUsb(usb.backend.IBackend):  # type: ignore[misc]  # PyUSB has no types.
    """A bus with one device: two bytes for its configuration, then its interfaces, 16 bytes each."""

    def __init__(self, told: bytes) -> None:
        self._configuration = told[:2].ljust(2, b"\1")
        self._interfaces = [
            told[at : at + INTERFACE_BYTES].ljust(INTERFACE_BYTES, b"\0") for at in range(2, len(told), INTERFACE_BYTES)
        ]

    def enumerate_devices(self) -> Any:
        yield "device"

    def get_device_descriptor(self, _dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR_ID, idProduct=PRODUCT_ID, bcdDevice=0, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, bus=1, address=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, _dev: Any, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=0, bNumInterfaces=len({one[0] for one in self._interfaces}),
            bConfigurationValue=self._configuration[0], iConfiguration=0, bmAttributes=0x80, bMaxPower=1,
            extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, _dev: Any, intf: int, alt: int, _config: int) -> Any:
        numbers = list(dict.fromkeys(one[0] for one in self._interfaces))
        self._told = [one for one in self._interfaces if one[0] == numbers[intf]][alt]
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=self._told[0], bAlternateSetting=self._told[1],
            bNumEndpoints=min(self._told[3], 3), bInterfaceClass=self._told[2], bInterfaceSubClass=1,
            bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Any, ep: int, intf: int, alt: int, config: int) -> Any:
        self.get_interface_descriptor(dev, intf, alt, config)
        address, attributes, *size = self._told[4 + ENDPOINT_BYTES * ep :][:ENDPOINT_BYTES]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=attributes,
            wMaxPacketSize=size[0] << 8 | size[1], bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: Any) -> Any:
        return dev

    def close_device(self, _handle: Any) -> None:
        pass

    def get_configuration(self, _handle: Any) -> int:
        return self._configuration[1]

    def set_configuration(self, _handle: Any, value: int) -> None:
        if value != self._configuration[0]:
            raise usb.core.USBError("no such configuration")

    def is_kernel_driver_active(self, _handle: Any, _intf: int) -> bool:
        return True

    def detach_kernel_driver(self, _handle: Any, _intf: int) -> None:
        pass

    attach_kernel_driver = claim_interface = release_interface = detach_kernel_driver

    def set_interface_altsetting(self, _handle: Any, _intf: int, _setting: int) -> None:
        pass

    def bulk_read(self, _handle: Any, _ep: int, _intf: int, _buffer: Any, _timeout: int) -> int:
        return 0

    def bulk_write(self, _handle: Any, _ep: int, _intf: int, data: Any, _timeout: int) -> int:
        return len(data)

    def ctrl_transfer(self, _h: Any, _kind: int, _request: int, _v: int, _i: int, data: Any, _timeout: int) -> int:
        assert isinstance(data, array)
        return 0  # As a printer that says nothing of its lines.
