"""A certificate of the installation's own, for `lxbt serve --tls` before there is one from an authority.

Browsers warn of it, and rightly: it proves nothing but that the line is encrypted. It is made at the first run and anew
when it is about to run out or does not name the host.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lxbt.config.private_files import write_closed

LASTS = timedelta(days=397)  # no browser takes longer ones
RENEW = timedelta(days=14)


def own_certificate(folder: Path, hosts: list[str], *, at: datetime) -> tuple[Path, Path]:
    """The paths of certificate and key, both made if need be; the folder and the key are closed to others."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not _serves(certificate, key, hosts, at):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        _make(certificate, key, hosts, at)
    return certificate, key


def _serves(certificate: Path, key: Path, hosts: list[str], at: datetime) -> bool:
    if not certificate.exists() or not key.exists():
        return False
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return found.not_valid_after_utc > at + RENEW and {_name(host) for host in hosts} <= set(names)


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)


def _make(certificate: Path, key: Path, hosts: list[str], at: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lxbt")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + LASTS)
        .add_extension(x509.SubjectAlternativeName([_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, SHA256())
    )
    write_closed(key, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), replace=True)
    write_closed(certificate, made.public_bytes(Encoding.PEM), replace=True, mode=0o644)
