from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oitcheck.crawl.tls import fault_of, faults_of_sites, is_lasting, told, with_version
from oitcheck.model.evidence import Capture, FetchOutcome
from oitcheck.model.evidence import TlsFault as T


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)", T.EXPIRED),
        ("certificate verify failed: certificate is not yet valid", T.NOT_YET_VALID),
        ("certificate verify failed: self-signed certificate (_ssl.c:1006)", T.SELF_SIGNED),
        ("certificate verify failed: self signed certificate (_ssl.c:1006)", T.SELF_SIGNED),
        ("certificate verify failed: self-signed certificate in certificate chain", T.UNKNOWN_AUTHORITY),
        ("certificate verify failed: unable to get local issuer certificate", T.CHAIN_INCOMPLETE),
        ("certificate verify failed: Hostname mismatch, certificate is not valid for 'www.a.example'.", T.WRONG_NAME),
        ("certificate verify failed: IP address mismatch, certificate is not valid for '203.0.113.1'.", T.WRONG_NAME),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION] tlsv1 alert protocol version", T.OLD_PROTOCOL),
        ("[SSL: UNSUPPORTED_PROTOCOL] unsupported protocol", T.OLD_PROTOCOL),
        ("[SSL: UNSAFE_LEGACY_RENEGOTIATION_DISABLED] unsafe legacy renegotiation disabled", T.OLD_PROTOCOL),
        ("[SSL: DH_KEY_TOO_SMALL] dh key too small", T.WEAK),
        ("certificate verify failed: EE certificate key too weak", T.WEAK),
        ("certificate verify failed: CA signature digest algorithm too weak", T.WEAK),
        ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] sslv3 alert handshake failure", T.WEAK),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", T.NO_TLS),
        ("[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error", T.OTHER),
    ],
)  # fmt: skip
def test_faults_by_the_words_of_the_library(message, fault):
    assert fault_of(message) is fault
    assert told(message) == f"tls: {fault.value}: {message}"


def test_a_handshake_broken_off_is_a_fault_of_old_servers_only():
    broken = told("[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol")
    assert with_version(broken, "TLSv1") == "tls: old_protocol: TLSv1"
    assert with_version(broken, "TLSv1.3").startswith("first handshake failed: [SSL")
    assert with_version(broken, "") == broken
    expired = told("certificate has expired")
    assert with_version(expired, "TLSv1.3") == expired
    assert [is_lasting(text) for text in (expired, broken, with_version(broken, "TLSv1.3"))] == [True, False, False]


def test_the_faults_of_sites_are_gathered_from_their_captures():
    def taken(host, detail):
        url = f"https://{host}/"
        return Capture(url, url, (), FetchOutcome.OK, 200, datetime(2026, 1, 1, tzinfo=UTC), detail=detail)

    captures = (
        taken("b.example", told("certificate has expired")),
        taken("a.example", "sent to the home page; " + told("self-signed certificate")),
        taken("b.example", told("dh key too small")),
        taken("c.example", "first handshake failed: [SSL: EOF]"),
    )
    assert list(faults_of_sites(captures).items()) == [("a.example", T.SELF_SIGNED), ("b.example", T.EXPIRED)]
