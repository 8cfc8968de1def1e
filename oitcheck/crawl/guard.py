"""Which addresses we may connect to: only public ones, and only ports of the web."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from oitcheck.crawl.limits import WEB_PORTS

# Addresses that count as public in the registries and still are not: where clouds answer their own machines, and what
# routers translate into other addresses.
_NEVER_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, RFC 6598
        "168.63.129.16/32",  # Azure's host agent
        "192.0.0.0/24",
        "192.88.99.0/24",  # 6to4 relay, RFC 7526
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
_NEVER_V6 = tuple(
    IPv6Network(block)
    for block in (
        "64:ff9b:1::/48",  # local NAT64, RFC 8215: what stands behind it is nobody's business but the operator's
        "100::/64",
        "2001::/32",  # Teredo
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_V4_COMPATIBLE = IPv6Network("::/96")
_LOCAL_NAMES = ("localhost", "local", "internal")  # RFC 6761, RFC 6762, and what ICANN set apart for private use
_NO_NUMBER = "not an IP address"
_ISATAP = (0x00005EFE, 0x02005EFE)


class ForbiddenAddress(Exception):
    """The guard refused an address or a port. `str()` says which and why."""


def forbidden_reason(address: str) -> str:
    """Why a numeric IP address must not be connected to; "" when it may be.

    IPv4 addresses inside IPv6 ones (mapped, compatible, NAT64, 6to4, ISATAP) are judged as well. What is no numeric
    address is forbidden.
    """
    try:
        ip = ip_address(address.split("%", 1)[0].strip("[]"))
    except ValueError:
        return _NO_NUMBER
    for each in (ip, *_embedded(ip)):
        reason = _reason(each)
        if reason:
            return reason if each == ip else f"{reason} (inside {ip})"
    return ""


def is_private_by_name(host: str) -> bool:
    """Whether a host is nobody's but of its own network, whoever asks: a forbidden number, `localhost`, `nas.local`."""
    if host.rsplit(".", 1)[-1] in _LOCAL_NAMES:
        return True
    return forbidden_reason(host) not in ("", _NO_NUMBER)


def _embedded(ip: IPv4Address | IPv6Address) -> Iterator[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return
    packed = ip.packed
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
    elif ip in _NAT64 or ip in _V4_COMPATIBLE or int.from_bytes(packed[8:12], "big") in _ISATAP:
        yield IPv4Address(packed[12:])
    if ip in _SIX_TO_FOUR:
        yield IPv4Address(packed[2:6])


def _reason(ip: IPv4Address | IPv6Address) -> str:
    if isinstance(ip, IPv6Address) and (ip.ipv4_mapped is not None or ip in _NAT64):
        return ""  # the address inside decides
    for name, holds in (
        ("unspecified", ip.is_unspecified),
        ("loopback", ip.is_loopback),
        ("link-local", ip.is_link_local),
        ("multicast", ip.is_multicast),
        ("private", ip.is_private),
        ("reserved", ip.is_reserved),
    ):
        if holds:
            return name
    blocks: tuple[IPv4Network | IPv6Network, ...] = _NEVER_V4 if isinstance(ip, IPv4Address) else _NEVER_V6
    if not ip.is_global or any(ip in block for block in blocks):
        return "not public"
    return ""


@dataclass(frozen=True, slots=True)
class Guard:
    """The rule of one crawl: `allow_private` lifts it."""

    allow_private: bool = False
    allowed_ports: tuple[int, ...] = WEB_PORTS

    def check_port(self, port: int) -> None:
        """Raise ForbiddenAddress for a port that is none of the web."""
        if not self.allow_private and port not in self.allowed_ports:
            raise ForbiddenAddress(f"port {port} is not allowed")

    def allowed(self, host: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the numeric addresses of `host` that may be connected to. Raises ForbiddenAddress when none may."""
        if self.allow_private:
            return addresses
        reasons = {address: forbidden_reason(address) for address in addresses}
        found = tuple(address for address in addresses if not reasons[address])
        if not found:
            address, reason = next(iter(reasons.items()), ("no address", "unknown"))
            raise ForbiddenAddress(f"{host} is {address}: {reason}")
        return found
