"""Which addresses may be called, and who is believed to call."""

from __future__ import annotations

import pytest

from lxbt.core.addresses import address_noted, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:10.0.0.1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "2001::1",
        "2001:0:53aa:64c:0:0:f5ff:fffe",
        "2001:db8::1",
        "2002:808:808::1",
        "2002:7f00:1::",
        "fc00::1",
        "fd12::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "5f00::1",
        "no address",
        "",
    ],
)
def test_an_address_that_is_no_machine_on_the_open_network_is_not_called(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "100.63.255.255", "100.128.0.1", "223.5.5.5", "2400:3200::1"])
def test_a_machine_on_the_open_network_may_be_called(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("remote", "noted", "proxies", "address"),
    [
        ("127.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.9", 1, "203.0.113.9"),  # the first was written by the caller
        ("127.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("198.51.100.7", "203.0.113.9", 1, "198.51.100.7"),  # not by way of a proxy of ours
        ("127.0.0.1", "203.0.113.9", 0, "127.0.0.1"),
        ("127.0.0.1", "", 1, "127.0.0.1"),
        ("127.0.0.1", "nonsense", 1, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.9", 2, "127.0.0.1"),
        ("::ffff:127.0.0.1", "203.0.113.9", 1, "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_noted_is_believed(remote: str, noted: str, proxies: int, address: str) -> None:
    assert address_noted(remote, noted, proxies=proxies, trusted=("127.0.0.0/8", "::1/128")) == address
