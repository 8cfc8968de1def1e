from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import ssl
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from oitcheck.crawl.http import HttpFetcher, content_type, retry_after_seconds
from oitcheck.crawl.limits import CrawlLimits
from oitcheck.model.evidence import FetchOutcome as F
from oitcheck.model.evidence import TlsFault

HOME = "http://www.site.example/"
LONG = "<html><title>แผนพัฒนา</title><body>" + "<p>รายงานผลการดำเนินงานของเทศบาล</p>" * 60


def once(url, *, submitted=True, hosts=()):
    async def work(fetcher, site, time):
        got = await fetcher.fetch(url, submitted=submitted, hosts=hosts)
        return got, site, time

    return work


def outcome(crawl, routes, url=HOME + "a", **limits):
    got, _, _ = crawl(routes, once(url), **limits)
    return got.capture.outcome


def test_a_page_is_kept_with_what_matters(crawl, answer):
    body = "หน้า".encode("cp874")
    routes = {"/a%20b": answer(200, body, Content_Type='TEXT/HTML; Charset="TIS-620"', ETag='"1"', X_Powered_By="PHP")}
    got, site, time = crawl(routes, once("http://www.site.example/a b#part"))
    capture = got.capture
    assert got.body == body
    assert (capture.url, capture.final_url) == ("http://www.site.example/a b#part", HOME + "a%20b")
    assert (capture.media_type, capture.charset) == ("text/html", "tis-620")
    assert capture.sha256 == hashlib.sha256(body).hexdigest()
    assert capture.size_bytes == len(body)
    assert dict(capture.headers)["etag"] == '"1"'
    assert "x-powered-by" not in dict(capture.headers)
    assert (capture.outcome, capture.http_status, capture.attempts, capture.redirects) == (F.OK, 200, 1, ())
    assert time.slept == []
    assert "oitcheck" in site.headers[0]["user-agent"]
    assert site.headers[0]["accept-encoding"] == "gzip, deflate"


def test_redirects_are_followed_by_hand_and_kept(crawl, answer):
    routes = {
        "/a": answer(302, Location="/b"),
        "/b": answer(301, Location="http://other.example/ไทย"),
        "other.example/%E0%B9%84%E0%B8%97%E0%B8%A2": answer(200, LONG),
    }
    got, site, _ = crawl(routes, once(HOME + "a"))
    final = "http://other.example/%E0%B9%84%E0%B8%97%E0%B8%A2"
    assert got.capture.outcome is F.OK
    assert got.capture.redirects == (HOME + "b", final)
    assert got.capture.final_url == final
    assert site.asked[-1][0] == "other.example"


def test_a_circle_and_too_long_a_way(crawl, answer):
    assert outcome(crawl, {"/a": answer(302, Location="/b"), "/b": answer(302, Location="/a")}) is F.TOO_MANY_REDIRECTS
    routes = {f"/{n}": answer(302, Location=f"/{n + 1}") for n in range(20)}
    got, site, _ = crawl(routes, once(HOME + "0"), max_redirects=3)
    assert got.capture.outcome is F.TOO_MANY_REDIRECTS
    assert len(site.asked) == 4


def test_a_redirect_that_only_sets_a_cookie_is_no_circle(crawl, answer):
    routes = {"/a": [answer(302, Location="/a", Set_Cookie="seen=1; Path=/"), answer(200, LONG)]}
    got, site, _ = crawl(routes, once(HOME + "a"))
    assert got.capture.outcome is F.OK
    assert site.headers[1]["cookie"] == "seen=1"


def test_cookies_do_not_leak_into_the_next_retrieval(crawl, answer):
    async def work(fetcher, site, time):
        await fetcher.fetch(HOME + "a", submitted=True)
        await fetcher.fetch(HOME + "a", submitted=True)
        return site

    site = crawl({"/a": answer(200, LONG, Set_Cookie="s=1")}, work)
    assert [("cookie" in headers) for headers in site.headers] == [False, False]


def test_a_redirect_out_of_the_web(crawl, answer):
    assert outcome(crawl, {"/a": answer(302, Location="line://ti/p/x")}) is F.UNSUPPORTED_ADDRESS


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(LONG.encode())),
        ("gzip", gzip.compress(LONG.encode()[:500]) + gzip.compress(LONG.encode()[500:])),
        ("deflate", zlib.compress(LONG.encode())),
        ("deflate", zlib.compress(LONG.encode())[2:-4]),
        ("identity", LONG.encode()),
    ],
)
def test_encodings(crawl, answer, encoding, packed):
    got, _, _ = crawl({"/a": answer(200, packed, Content_Encoding=encoding)}, once(HOME + "a"))
    assert got.body == LONG.encode()


def test_bodies_that_cannot_be_decoded(crawl, answer):
    packed = gzip.compress(LONG.encode())
    assert outcome(crawl, {"/a": answer(200, packed[:-30], Content_Encoding="gzip")}, attempts=1) is F.TRUNCATED
    assert outcome(crawl, {"/a": answer(200, b"\x01\x02\x03", Content_Encoding="br")}) is F.PROTOCOL_ERROR
    assert outcome(crawl, {"/a": answer(200, b"plain text", Content_Encoding="gzip")}) is F.PROTOCOL_ERROR


def test_a_gzip_bomb_ends_at_the_limit(crawl, answer):
    bomb = gzip.compress(b"\0" * 30_000_000)
    got, _, _ = crawl({"/a": answer(200, bomb, Content_Encoding="gzip")}, once(HOME + "a"), max_bytes=1_000_000)
    assert got.capture.outcome is F.TOO_LARGE
    assert got.body == b"" and got.capture.sha256 == ""


def test_too_large_by_announcement_and_by_count(crawl, answer):
    assert outcome(crawl, {"/a": answer(200, b"x", length=10**9)}, max_bytes=1000) is F.TOO_LARGE
    unannounced = answer(200, b"x" * 5000, Content_Length="-", Connection="close")

    async def pour(writer):
        writer.write(unannounced)

    assert outcome(crawl, {"/a": pour}, max_bytes=1000) is F.TOO_LARGE


def test_a_slow_drip_ends_in_total_time(crawl, answer):
    async def drip(writer):
        writer.write(answer(200, b"", length=1000))
        for _ in range(100):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    got, _, _ = crawl({"/a": drip}, once(HOME + "a"), total_timeout_seconds=0.2, attempts=1)
    assert (got.capture.outcome, got.body) == (F.TIMEOUT, b"")


def test_a_body_cut_short(crawl, answer):
    async def cut(writer):
        writer.write(answer(200, b"only this", length=1000))

    got, _, _ = crawl({"/a": cut}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts, got.body) == (F.TRUNCATED, 3, b"")


def test_reset_silence_and_nonsense(crawl, answer):
    async def reset(writer):
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async def silence(writer):
        pass

    async def nonsense(writer):
        writer.write(b"\x00\x01 what is this\r\n\r\n")

    assert outcome(crawl, {"/a": reset}) is F.RESET
    assert outcome(crawl, {"/a": silence}) is F.RESET
    assert outcome(crawl, {"/a": nonsense}) is F.PROTOCOL_ERROR


@pytest.mark.parametrize(("status", "expected"), [(404, F.NOT_FOUND), (410, F.GONE)])
def test_absence_is_confirmed_by_a_second_attempt(crawl, answer, status, expected):
    got, site, time = crawl({"/a": answer(status, "no")}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts) == (expected, 2)
    assert site.paths() == ["/a", "/a"]
    assert time.slept == [2.0]
    assert got.body == b"no"


def test_an_absence_that_passes_is_none(crawl, answer):
    got, _, _ = crawl({"/a": [answer(404), answer(200, LONG)]}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts) == (F.OK, 1)
    got, _, _ = crawl({"/a": [answer(404), answer(500), answer(404)]}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts) == (F.NOT_FOUND, 1)


def test_passing_trouble_is_tried_again(crawl, answer):
    got, site, time = crawl({"/a": [answer(503), answer(503), answer(200, LONG)]}, once(HOME + "a"))
    assert (got.capture.outcome, len(site.asked), time.slept) == (F.OK, 3, [2.0, 4.0])
    got, site, _ = crawl({"/a": answer(500)}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts, len(site.asked)) == (F.SERVER_ERROR, 3, 3)
    got, site, _ = crawl({"/a": answer(403)}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts, len(site.asked)) == (F.FORBIDDEN, 1, 1)


def test_retry_after_is_waited_for_within_reason(crawl, answer):
    got, _, time = crawl({"/a": [answer(429, Retry_After="7"), answer(200, LONG)]}, once(HOME + "a"))
    assert got.capture.outcome is F.OK
    assert sum(time.slept) == pytest.approx(7.0)
    got, _, time = crawl({"/a": answer(429, Retry_After="3600")}, once(HOME + "a"))
    assert (got.capture.outcome, got.capture.attempts, time.slept) == (F.RATE_LIMITED, 1, [])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert retry_after_seconds("Thu, 01 Jan 2026 00:00:30 GMT", now) == 30
    assert retry_after_seconds("Thu, 01 Jan 2026 00:00:30 GMT", now + timedelta(hours=1)) == 0
    assert retry_after_seconds("soon", now) == 0


def test_walls_are_told_apart(crawl, answer):
    login = "<title>เข้าสู่ระบบ</title><form>ชื่อผู้ใช้ <input name=u>รหัสผ่าน <input type=password></form>"
    routes = {"/a": answer(302, Location="/office/login.php?next=a"), "/office/login.php?next=a": answer(200, login)}
    assert outcome(crawl, routes) is F.LOGIN_WALL
    captcha = "<title>Just a moment...</title><div id=challenge-stage>Verify you are human</div>"
    assert outcome(crawl, {"/a": answer(200, captcha)}) is F.BLOCKED
    assert outcome(crawl, {"/a": answer(403, "no", cf_mitigated="challenge")}) is F.BLOCKED


def test_robots_bind_discovered_addresses_only(crawl, answer):
    robots = answer(200, "User-agent: *\nDisallow: /private/\n", Content_Type="text/plain")
    routes = {"/robots.txt": robots, "*": answer(200, LONG)}

    async def work(fetcher, site, time):
        found = [
            (await fetcher.fetch(HOME + path, submitted=submitted)).capture.outcome
            for path, submitted in (("private/a", False), ("public", False), ("private/a", True))
        ]
        return found, site

    found, site = crawl(routes, work)
    assert found == [F.DISALLOWED, F.OK, F.OK]
    assert site.paths() == ["/robots.txt", "/public", "/private/a"]
    (got, site, _) = crawl(routes, once(HOME + "private/a", submitted=False), respect_robots=False)
    assert got.capture.outcome is F.OK and site.paths() == ["/private/a"]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_without_robots_everything_is_allowed(crawl, answer, status):
    routes = {"/robots.txt": answer(status, "Disallow: /"), "/a": answer(200, LONG)}
    got, _, _ = crawl(routes, once(HOME + "a", submitted=False))
    assert got.capture.outcome is F.OK


def test_a_dead_host_is_left_alone_and_others_are_not(crawl, answer):
    async def silence(writer):
        pass

    async def work(fetcher, site, time):
        got = [(await fetcher.fetch(HOME + path, submitted=True)).capture for path in "abc"]
        other = (await fetcher.fetch("http://other.example/", submitted=True)).capture
        return got, other, site

    got, other, site = crawl({"other.example/": answer(200, LONG), "*": silence}, work, attempts=2)
    assert [capture.outcome for capture in got] == [F.RESET, F.RESET, F.RESET]
    assert "left alone" in got[2].detail
    assert site.paths() == ["/a", "/a", "/"]
    assert [capture.attempts for capture in got] == [2, 0, 0]
    assert other.outcome is F.OK


def test_one_answer_shows_that_a_host_lives(crawl, answer):
    async def silence(writer):
        pass

    async def work(fetcher, site, time):
        return [(await fetcher.fetch(HOME + path, submitted=True)).capture for path in "abac"]

    got = crawl({"/b": answer(500), "*": silence}, work, attempts=1)
    assert [capture.outcome for capture in got] == [F.RESET, F.SERVER_ERROR, F.RESET, F.RESET]
    assert "left alone" not in got[3].detail


def test_nobody_listens(crawl):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        got, _, _ = crawl({}, once(HOME + "a"), connect_to=f"127.0.0.1:{taken.getsockname()[1]}")
    assert (got.capture.outcome, got.capture.http_status, got.capture.attempts) == (F.REFUSED, 0, 2)


def test_https_is_led_to_the_plain_server(crawl, answer):
    got, site, _ = crawl({"*": answer(200, LONG)}, once("https://secure.example/a?b=1"))
    assert (got.capture.outcome, got.capture.final_url) == (F.OK, "https://secure.example/a?b=1")
    assert site.asked == [("secure.example", "/a?b=1")]


@pytest.mark.parametrize("url", ["ftp://site.example/a", "", "javascript:void(0)", "ไม่มี", "http://"])
def test_what_is_no_web_address(crawl, url):
    got, site, _ = crawl({}, once(url))
    assert got.capture.outcome is F.UNSUPPORTED_ADDRESS
    assert site.asked == []


def test_pages_that_send_on_by_themselves(crawl, answer):
    refresh = '<meta http-equiv="refresh" content="3; URL=\'/web/main.php\'">'
    script = "<html><script>window.location.href='/web/main.php';</script></html>"
    for page in (refresh, script):
        got, _, _ = crawl({"/": answer(200, page), "/web/main.php": answer(200, LONG)}, once(HOME))
        assert (got.capture.outcome, got.capture.final_url) == (F.OK, HOME + "web/main.php")
    got, _, _ = crawl({"/": answer(200, refresh + LONG)}, once(HOME))
    assert got.capture.final_url == HOME


def test_a_short_address_leads_to_the_shared_file_itself(crawl, answer):
    file_id = "1AbCdEfGhIjKlMnOp"
    confirm = (
        '<form id="download-form" action="http://drive.usercontent.google.com/download" method="get">'
        f'<input type="hidden" name="id" value="{file_id}"><input type="hidden" name="confirm" value="t"></form>'
    )
    routes = {
        "bit.ly/x": answer(301, Location=f"http://drive.google.com/file/d/{file_id}/view?usp=sharing"),
        f"drive.google.com/uc?export=download&id={file_id}": answer(200, confirm),
        f"drive.usercontent.google.com/download?id={file_id}&confirm=t": answer(
            200, b"%PDF-1.4", Content_Type="application/pdf"
        ),
    }
    got, _, _ = crawl(routes, once("http://bit.ly/x"))
    assert (got.capture.outcome, got.body) == (F.OK, b"%PDF-1.4")


def test_the_page_of_any_address_is_an_absent_page(crawl, answer):
    same = answer(200, "<title>เทศบาล</title><p>ยินดีต้อนรับสู่เว็บไซต์ของเรา ขอบคุณที่เข้าชม ผู้ชมคนที่ 12</p>")
    got, site, _ = crawl({"*": same}, once(HOME + "plan/o4"))
    assert (got.capture.outcome, got.capture.attempts) == (F.SOFT_NOT_FOUND, 2)
    assert len(site.asked) == 3, "the probe is asked once"
    filled = answer(
        200, "<title>เทศบาล</title><div id=app>กรุณารอสักครู่ ระบบกำลังเตรียมข้อมูลให้ท่าน</div><script src=a.js></script>"
    )
    assert outcome(crawl, {"*": filled}, HOME + "plan/o4") is F.OK
    routes = {"/plan/o4": same, "*": answer(404, "no")}
    assert outcome(crawl, routes, HOME + "plan/o4") is F.OK
    got, site, _ = crawl({"*": same}, once(HOME + "plan/o4", submitted=False), respect_robots=False)
    assert (got.capture.outcome, len(site.asked)) == (F.OK, 1), "discovered addresses are not worth a probe"


def real(url, **limits):
    async def inside():
        settings = CrawlLimits(
            delay_seconds=0, connect_timeout_seconds=2, total_timeout_seconds=4, attempts=1, **limits
        )
        async with HttpFetcher(settings, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as fetcher:
            return (await fetcher.fetch(url, submitted=True)).capture

    return asyncio.run(inside())


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/a.b", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/",
        "http://10.0.0.1/", "http://localhost/", "http://①②⑦.⓪.⓪.①/", "http://0.0.0.0/", "https://[fe80::1]/",
        "http://8.8.8.8:22/", "http://site.example:6379/",
    ],
)  # fmt: skip
def test_private_addresses_and_other_ports_are_never_connected_to(url):
    assert real(url).outcome is F.FORBIDDEN_ADDRESS


def test_a_name_that_resolves_to_a_private_address(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.1.2.3", 0))])
    capture = real("http://rebound.example/")
    assert capture.outcome is F.FORBIDDEN_ADDRESS
    assert "10.1.2.3" in capture.detail


def test_a_name_that_nobody_knows(monkeypatch):
    def getaddrinfo(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert real("http://nobody.example/").outcome is F.DNS_FAILURE


def test_a_redirect_to_a_private_address_is_refused(monkeypatch, answer):
    """The first hop is led to our server by a name that counts as public; the second must not be."""
    from oitcheck.crawl import guard

    true_reason = guard.forbidden_reason
    monkeypatch.setattr(guard, "forbidden_reason", lambda a: "" if a == "127.0.0.1" else true_reason(a))

    async def inside():
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(302, Location="http://169.254.169.254/latest/meta-data/"))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        limits = CrawlLimits(delay_seconds=0, allowed_ports=(80, port))
        async with HttpFetcher(limits, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as fetcher:
            got = await fetcher.fetch(f"http://127.0.0.1:{port}/", submitted=True)
        server.close()
        return got.capture

    capture = asyncio.run(inside())
    assert capture.outcome is F.FORBIDDEN_ADDRESS
    assert capture.redirects == ("http://169.254.169.254/latest/meta-data/",)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody.example")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2021, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    return path


def tls_capture(answer, context):
    async def inside():
        async def serve(reader, writer):
            await reader.read(100)
            writer.write(answer(200, LONG))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        limits = CrawlLimits(delay_seconds=0, allow_private=True, attempts=1, total_timeout_seconds=5)
        async with HttpFetcher(limits, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as fetcher:
            got = [await fetcher.fetch(f"https://127.0.0.1:{port}/{n}", submitted=True) for n in (1, 2)]
        server.close()
        return [each.capture for each in got]

    return asyncio.run(inside())


def test_an_untrusted_certificate_is_noted_and_the_page_read(answer, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    for capture in tls_capture(answer, context):
        assert capture.outcome is F.OK
        assert capture.size_bytes == len(LONG.encode())
        assert capture.detail.startswith("tls: ") and "CERTIFICATE_VERIFY_FAILED" in capture.detail
        assert capture.tls_fault is TlsFault.SELF_SIGNED


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_read(answer, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    assert {capture.outcome for capture in tls_capture(answer, context)} == {F.OK}


def test_no_tls_at_all(answer):
    assert {capture.outcome for capture in tls_capture(answer, None)} == {F.TLS_FAILURE}


def test_content_type():
    assert content_type("text/html") == ("text/html", "")
    assert content_type("Application/PDF; name=x; charset='Windows-874'") == ("application/pdf", "windows-874")
    assert content_type("") == ("", "")


def many(paths, *, at_once=False, submitted=True):
    async def work(fetcher, site, time):
        waiting = [fetcher.fetch(HOME + path, submitted=submitted) for path in paths]
        got = await asyncio.gather(*waiting) if at_once else [await each for each in waiting]
        return [each.capture for each in got], site, time

    return work


@pytest.mark.parametrize("at_once", [False, True])
def test_a_host_that_asks_for_a_long_pause_is_left_in_peace(crawl, answer, at_once):
    routes = {"*": answer(429, "no", Retry_After="3600")}
    got, site, time = crawl(routes, many("abcdef", at_once=at_once))
    assert {capture.outcome for capture in got} == {F.RATE_LIMITED}
    assert len(site.asked) <= 2, "nobody waits for an hour, and nobody asks again"
    assert sum(time.slept) < 10
    assert "asks for 3600 s of peace" in got[-1].detail
    assert (got[-1].attempts, got[-1].http_status) == (0, 0)


def test_a_host_that_stays_busy_is_given_ever_more_time_and_then_left(crawl, answer):
    got, site, time = crawl({"*": answer(503, "busy")}, many("abcdef"))
    assert {capture.outcome for capture in got} == {F.SERVER_ERROR}
    assert len(site.asked) == 6
    assert sum(time.slept) == pytest.approx(2 + 4 + 8 + 16 + 32)
    assert "left alone: busy" in got[-1].detail


def test_a_crawl_delay_is_kept_by_all_requests_to_the_host(crawl, answer):
    robots = answer(200, "User-agent: *\nCrawl-delay: 4\n", Content_Type="text/plain")
    got, _, time = crawl({"/robots.txt": robots, "*": answer(200, LONG)}, many("abc", submitted=False))
    assert {capture.outcome for capture in got} == {F.OK}
    assert time.slept == pytest.approx([4.0, 4.4, 4.4])


def test_an_empty_answer_is_no_empty_file(crawl, answer):
    got, site, _ = crawl({"/a": answer(200)}, once(HOME + "a"))
    assert (got.capture.outcome, len(site.asked)) == (F.EMPTY_ANSWER, 3)
    kept = answer(200, b"", Content_Type="application/pdf", Last_Modified="Wed, 01 Mar 2023 00:00:00 GMT")
    assert outcome(crawl, {"/a": kept}) is F.OK


def test_more_than_was_announced_is_told(crawl, answer):
    body = LONG.encode()

    async def short(writer):
        writer.write(answer(200, body, length=len(body) - 500))

    assert outcome(crawl, {"/a": short}, attempts=1) is F.TRUNCATED

    async def line_ends(writer):
        writer.write(answer(200, body) + b"\r\n\r\n")

    assert outcome(crawl, {"/a": line_ends}) is F.OK


def test_a_body_that_inflates_beyond_reason_ends_early(crawl, answer):
    bomb = gzip.compress(b"\0" * 20_000_000)
    assert outcome(crawl, {"/a": answer(200, bomb, Content_Encoding="gzip")}) is F.TOO_LARGE
    rows = b"<tr><td>1</td><td>0.00</td></tr>" * 40_000
    assert outcome(crawl, {"/a": answer(200, gzip.compress(rows), Content_Encoding="gzip")}) is F.OK


def test_a_lost_connection_is_made_anew_in_its_own_turn(crawl, answer):
    """A server that closes after each answer without saying so: the next request goes out again, after the gap."""

    async def then_close(writer):
        writer.write(answer(200, LONG))

    got, _, time = crawl({"*": then_close}, many("ab"), delay_seconds=1.0)
    assert [capture.outcome for capture in got] == [F.OK, F.OK]
    assert sum(time.slept) >= 1.1


def test_the_second_address_of_a_host_is_tried(monkeypatch, answer):
    async def inside():
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(200, LONG))
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.3", 0)
        port = server.sockets[0].getsockname()[1]
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (a, 0)) for a in ("127.0.0.2", "127.0.0.3")]
        )
        limits = CrawlLimits(delay_seconds=0, allow_private=True, attempts=1)
        async with HttpFetcher(limits, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)) as fetcher:
            places = [await fetcher.place_of("two.example")]
            got = await fetcher.fetch(f"http://two.example:{port}/", submitted=True)
            places.append(await fetcher.place_of("two.example"))
        server.close()
        return got.capture, places

    capture, places = asyncio.run(inside())
    assert (capture.outcome, capture.attempts) == (F.OK, 1)
    assert places == ["127.0.0.2", "127.0.0.3"]
