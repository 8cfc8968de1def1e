"""What is wrong with the TLS of a site. Its pages are read all the same; the fault is a fact about the site."""

from __future__ import annotations

import re
from collections.abc import Iterable

from oitcheck.lib.urls import host_of
from oitcheck.model.evidence import Capture, TlsFault

# The words of OpenSSL and of Python's ssl module, in the order in which they are looked for.
_SIGNS: tuple[tuple[TlsFault, str], ...] = (
    (TlsFault.EXPIRED, r"certificate has expired"),
    (TlsFault.NOT_YET_VALID, r"certificate is not yet valid"),
    (TlsFault.WRONG_NAME, r"hostname mismatch|ip address mismatch|not valid for|doesn't match|server_hostname"),
    (TlsFault.UNKNOWN_AUTHORITY, r"self.signed certificate in certificate chain"),
    (TlsFault.SELF_SIGNED, r"self.signed certificate"),
    (TlsFault.CHAIN_INCOMPLETE, r"unable to (?:get local issuer|get issuer|verify the first) certificate"),
    (TlsFault.WEAK, r"too small|too weak|md too|ca_md|no_shared_cipher|handshake_?\s?failure|dh_key|weak"),
    (
        TlsFault.OLD_PROTOCOL,
        r"unsupported.protocol|alert.protocol.version|version.too.low|unsafe.legacy|no.protocols.available",
    ),
    (
        TlsFault.NO_TLS,
        r"wrong.version.number|record layer failure|http.request|packet.length.too.long",
    ),
)
_OTHER = f"tls: {TlsFault.OTHER.value}"
_BROKEN_OFF = re.compile(rf"^{_OTHER}: .*(?:eof|end of file|endofstream|reset|broken|closed)", re.IGNORECASE)
_OLD_VERSIONS = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")


def fault_of(message: str) -> TlsFault:
    """The fault that the words of the TLS library mean."""
    low = message.lower()
    return next((fault for fault, signs in _SIGNS if re.search(signs, low)), TlsFault.OTHER)


def told(message: str) -> str:
    """The fault as it stands in `Capture.detail`: `tls: expired: …` with the words of the library."""
    return f"tls: {fault_of(message).value}: {message}"


def with_version(fault: str, version: str) -> str:
    """A fault as told, once the tolerant way agreed on a TLS `version` ("" when it did not).

    Old servers mostly break off without a word. So does a connection that fails by chance; with a version of today that
    is no fault of the site, and told as nothing but what happened.
    """
    if not version or not _BROKEN_OFF.search(fault):
        return fault
    if version in _OLD_VERSIONS:
        return f"tls: {TlsFault.OLD_PROTOCOL.value}: {version}"
    return f"first handshake failed{fault.removeprefix(_OTHER)}"


def is_lasting(fault: str) -> bool:
    """Whether a fault as told is one that the next connection will meet too."""
    return fault.startswith("tls: ") and not fault.startswith(_OTHER)


def faults_of_sites(captures: Iterable[Capture]) -> dict[str, TlsFault]:
    """The TLS fault of each host whose captures tell of one, by host in alphabetical order; the first told counts."""
    found: dict[str, TlsFault] = {}
    for capture in captures:
        if capture.tls_fault is not None:
            found.setdefault(host_of(capture.final_url), capture.tls_fault)
    return dict(sorted(found.items()))
