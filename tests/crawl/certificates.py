"""Certificates made when they are needed: an authority of our own, and sites whose TLS is wrong in one way each."""

from __future__ import annotations

import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
# Long before and after any day on which the tests run.
FROM, TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Signed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        plain = serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


def signed(
    name: str, by: Signed | None = None, *, is_authority: bool = False, until: datetime = TO, key: Key | None = None
) -> Signed:
    """A certificate for `name`, signed by another or by itself."""
    own = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by.key if by else own, hashes.SHA256())
    )
    return Signed(built, own)


def serving(folder: Path, leaf: Signed, *chain: Signed) -> ssl.SSLContext:
    """The context of a server that shows `leaf` and `chain`."""
    path = folder / f"{leaf.certificate.serial_number}.pem"
    path.write_bytes(leaf.key_pem + leaf.pem + b"".join(each.pem for each in chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.load_cert_chain(path)
    return context


class Authorities:
    """Our own authority, which is trusted in a test, and what can be wrong below it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.root = signed("Test Root", is_authority=True)

    def trusting(self) -> ssl.SSLContext:
        """The context of a client that trusts our authority alone."""
        return ssl.create_default_context(cadata=self.root.pem.decode())

    def good(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed(host, self.root))

    def expired(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed(host, self.root, until=FROM + timedelta(days=90)))

    def self_signed(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed(host))

    def wrong_name(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed("other.example", self.root))

    def chain_incomplete(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed(host, signed("Test Intermediate", self.root, is_authority=True)))

    def unknown_authority(self, host: str) -> ssl.SSLContext:
        stranger = signed("Strange Root", is_authority=True)
        return serving(self._folder, signed(host, stranger), stranger)

    def weak(self, host: str) -> ssl.SSLContext:
        return serving(self._folder, signed(host, self.root, key=rsa.generate_private_key(65537, 1024)))

    def old_protocol(self, host: str) -> ssl.SSLContext:
        context = self.good(host)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        return context
