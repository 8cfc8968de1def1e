from __future__ import annotations

import asyncio

import pytest

from oitcheck.crawl.guard import ForbiddenAddress, Guard, forbidden_reason
from oitcheck.crawl.sockets import GuardedBackend, Resolver, host_and_port

FORBIDDEN = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.255",
    "168.63.129.16",
    "192.0.0.192", "192.0.2.1", "198.51.100.7", "203.0.113.9", "198.18.0.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255", "192.88.99.1",
    "::", "::1", "[::1]", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2606:4700::5efe:7f00:1", "100::1", "5f00::1",
    "0x7f.0.0.1", "not an address", "",
)  # fmt: skip
ALLOWED = (
    "8.8.8.8", "1.1.1.1", "203.150.0.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.169.0.1",
    "11.0.0.1",
    "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
)  # fmt: skip
# What a system's resolver makes of them is up to it; whatever it is, it must not be connected to.
NUMERIC_HOSTS = (
    "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "0", "0x0", "10.1",
    "0xa000001",
    "192.168.257", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "::1", "::ffff:127.0.0.1", "localhost",
)  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_forbidden(address):
    assert forbidden_reason(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_allowed(address):
    assert forbidden_reason(address) == ""


@pytest.mark.parametrize("host", NUMERIC_HOSTS)
def test_no_socket_is_opened_to_ourselves_however_written(host):
    async def connect():
        backend = GuardedBackend(Guard(), Resolver())
        with pytest.raises(ForbiddenAddress):
            await backend.connect_tcp(host, 80, timeout=2)

    asyncio.run(connect())


def test_ports():
    guard = Guard()
    for port in (80, 443, 8080, 8443):
        guard.check_port(port)
    for port in (21, 22, 25, 3306, 6379, 0, 65535):
        with pytest.raises(ForbiddenAddress, match=str(port)):
            guard.check_port(port)
    Guard(allow_private=True).check_port(22)
    Guard(allowed_ports=(22,)).check_port(22)


def test_of_several_addresses_the_public_ones_remain():
    assert Guard().allowed("x.example", ("10.0.0.1", "8.8.8.8")) == ("8.8.8.8",)
    with pytest.raises(ForbiddenAddress, match=r"x\.example is 10\.0\.0\.1: private"):
        Guard().allowed("x.example", ("10.0.0.1", "::1"))
    assert Guard(allow_private=True).allowed("x.example", ("10.0.0.1",)) == ("10.0.0.1",)


def test_unix_sockets_are_no_way_round():
    with pytest.raises(ForbiddenAddress):
        asyncio.run(GuardedBackend(Guard(), Resolver()).connect_unix_socket("/run/x.sock"))


def test_host_and_port():
    assert host_and_port("127.0.0.1:80") == ("127.0.0.1", 80)
    assert host_and_port("[::1]:8080") == ("::1", 8080)
    for text in ("127.0.0.1", ":80", "a:b"):
        with pytest.raises(ValueError, match=r".+"):
            host_and_port(text)
