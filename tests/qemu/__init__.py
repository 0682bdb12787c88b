"""Devices before a real kernel: what runs inside the guest of `make qemu-devices`."""
