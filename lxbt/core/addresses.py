"""Network addresses: who calls behind proxies of ours, and which addresses may be called."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

PUBLIC_6 = IPv6Network("2000::/3")  # all that was ever given out of IPv6
RELAYS = ip_network("192.88.99.0/24")  # 6to4


def bare_address(text: str) -> str:
    """An address without port and brackets, in its usual form; empty when it is none."""
    text = text.strip()
    for candidate in (text, text.rpartition(":")[0], text.partition("]")[0].lstrip("[")):
        try:
            return str(ip_address(candidate.strip("[]")))
        except ValueError:
            continue
    return ""


def within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address belongs to one of the networks."""
    try:
        found = _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    return any(found in ip_network(network) for network in networks)


def address_noted(remote: str, forwarded: str, *, proxies: int, trusted: Iterable[str]) -> str:
    """Who calls: with n proxies of ours, the n-th from the right of what they noted (X-Forwarded-For).

    What stands further left was written by the caller and is believed by nobody; nor is anything when the line does not
    come from a proxy of ours.
    """
    remote = bare_address(remote)
    noted = [part for part in forwarded.split(",") if part.strip()]
    if proxies < 1 or len(noted) < proxies or not within(remote, trusted):
        return remote
    return bare_address(noted[-proxies]) or remote


def is_public(address: str) -> bool:
    """Whether an address is one machine on the open network: not this machine, not a net of somebody's own or of a
    carrier, no group,
    and none that stands for an IPv4 address inside (mapped, 6to4, Teredo, NAT64)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or found.teredo
        if inside is not None or found not in PUBLIC_6:
            return False
    elif found in RELAYS:
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_link_local)


def _unwrapped(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
