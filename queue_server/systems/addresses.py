"""Which addresses a webhook may have, and which machines may stand behind their names.

A technician writes the address; this keeps it from becoming a way into the branch PC itself. A name is resolved anew
for each delivery, every address it has is checked, and the connection goes to the one that was checked: so a name that
changes between the check and the connection changes nothing (DNS rebinding).
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import Final, Literal
from urllib.parse import SplitResult, urlsplit

Wrong = Literal["", "not_http", "no_host", "user", "fragment", "port", "spelling"]

ADDRESS_MOST: Final = 512
_PORTS: Final = frozenset({80, 443})
_FREE_PORTS_FROM: Final = 1024
"""Below are the services of a machine itself: mail, SSH, names."""
_SPELT: Final = re.compile(r"https?://[!-~]+", re.ASCII)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

_METADATA: Final[tuple[Network, ...]] = tuple(
    ipaddress.ip_network(one)
    for one in (
        "100.64.0.0/10",  # Carriers' own, and Alibaba's metadata (100.100.100.200).
        "168.63.129.16/32",  # Azure's.
        "192.0.0.0/24",  # IETF's own, and Oracle's metadata.
        "fd00:ec2::/32",  # Amazon's, within a private range.
    )
)
"""Beside loopback and link-local (169.254.169.254): where machines of clouds tell their secrets."""

_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def check_address(address: str) -> Wrong:
    """Say what is wrong with the spelling of a webhook's address; empty when nothing is."""
    if len(address) > ADDRESS_MOST or not _SPELT.fullmatch(address):
        return "not_http" if not address.startswith(("http://", "https://")) else "spelling"
    try:
        parts = urlsplit(address)
        port = port_of(parts)
    except ValueError:
        return "port"
    wrong: Wrong = ""
    if not parts.hostname:
        wrong = "no_host"
    elif parts.username is not None or parts.password is not None:
        wrong = "user"
    elif parts.fragment:
        wrong = "fragment"
    elif port not in _PORTS and port < _FREE_PORTS_FROM:
        wrong = "port"
    return wrong


def port_of(parts: SplitResult) -> int:
    """Give the port of an address; raises ValueError."""
    return parts.port if parts.port is not None else 443 if parts.scheme == "https" else 80


def refused_ip(text: str, allowed: Sequence[Network]) -> bool:
    """Tell whether no webhook may reach this IP address, unless a network of the configuration allows it."""
    ip = _meant(ipaddress.ip_address(text.partition("%")[0]))
    if any(ip in network for network in allowed):
        return False
    return (
        ip.is_loopback
        or ip.is_link_local
        or ip.is_multicast
        or ip.is_unspecified
        or ip.is_reserved
        or ip in ipaddress.ip_network("0.0.0.0/8")
        or any(ip in network for network in _METADATA)
    )


def refused_literal(address: str, allowed: Sequence[Network]) -> bool:
    """Tell whether a well-spelt address names, without a name to look up, a machine that no webhook may reach.

    Resolvers read more than four decimals as an address: `127.1`, `2130706433` and `0x7f000001` are this machine, too.
    """
    host = (urlsplit(address).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return refused_ip("127.0.0.1", allowed)
    try:
        literal = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
        return refused_ip(literal, allowed)
    except (OSError, ValueError):
        return False  # A name: what stands behind it is looked at for each delivery.


def _meant(ip: IpAddress) -> IpAddress:
    """Give the IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
