"""The scripts of the PPP generator, run on a small router: quoting, encoding, counting, and nothing injected."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from services.errors import DomainError
from services.integrations import ppp, routeros
from services.messaging.splitting import LONGEST
from tests.integrations.router import Reader, Router, ScriptError

WANTED = ppp.Wanted("6281100000001", "6281234567890", "https://wa.example.com:8443/", "jrk_abcDEF_0123456789-x")
NASTY = 'a b&c#d+e%f"g\\h$i?j=k;l{m}n[o](p)/ü🙂\n~'
MANY = [(f"user{n}", "10M", False) for n in range(12)]


def sent(router: Router) -> str:
    """The message that the router sent last."""
    (fetch,) = router.fetched[-1:]
    query = fetch.get("http-data") or urlsplit(fetch["url"]).query
    assert query.isascii()
    (message,) = parse_qs(query, strict_parsing=True, errors="strict")["message"]
    return message


def connect(script: str, router: Router, user: str = "budi") -> str:
    router.run(script, user=user, remote_address="10.0.0.2", caller_id="AA:BB:CC:00:11:22")
    return sent(router)


@pytest.mark.parametrize(("date", "shown"), [("nov/01/2025", "2025-11-01"), ("2025-11-01", "2025-11-01"),
                                             ("jan/31/2026", "2026-01-31")])  # fmt: skip
def test_who_connects_is_told_with_everything(date: str, shown: str) -> None:
    secrets = [("budi", "10M", False), ("ani", "5M", False), ("rina", "5M", True), ("joko", "5M", False)]
    router = Router(secrets, ["budi", "joko", "guest"], date)
    assert connect(ppp.make(WANTED).on_up, router).split("\n") == [
        "*PPP: connected*", "User: budi", "Profile: 10M", "IP address: 10.0.0.2", "Caller: AA:BB:CC:00:11:22",
        f"Time: {shown} 10:05:00", "Active: 3", "Not active: 1", "ani",
    ]  # fmt: skip
    assert router.warnings == []


def test_up_to_ten_who_are_not_active_are_named() -> None:
    message = connect(ppp.make(replace(WANTED, locale="id")).on_down, Router(MANY, []), "user3")
    last = message.split("\n")[-1]
    assert last.split(", ")[:10] == [f"user{n}" for n in range(10)]
    assert "user10" not in last
    assert ": 12" in message
    exactly = connect(ppp.make(WANTED).on_down, Router(MANY[:10], []), "user3")
    assert exactly.endswith("user8, user9")
    everyone = connect(ppp.make(WANTED).on_up, Router(MANY, [each[0] for each in MANY]))
    assert everyone.endswith("Active: 12\nNot active: 0")


@pytest.mark.parametrize("in_address", [False, True])
@pytest.mark.parametrize("version", ppp.VERSIONS)
def test_any_name_arrives_as_it_is(version: str, in_address: bool) -> None:
    scripts = ppp.make(replace(WANTED, version=version, in_address=in_address))
    name = NASTY.replace("\n", "")
    router = Router([(name, "p&q", False), ("ab", "x", False), ("b", "x", False)], ["ab"])
    message = connect(scripts.on_up, router, name)
    assert f"User: {name}\n" in message
    assert "Profile: p&q\n" in message
    assert message.endswith(f"Not active: 2\n{name}, b")


@pytest.mark.parametrize(
    "given", ["", NASTY, "".join(map(chr, range(1, 256))), "漢字 and ‘quotes’", "%41+%20", "x" * 300]
)
def test_the_routers_encoder_is_the_webs(given: str) -> None:
    router = Router()
    router.run(routeros.encoder("enc") + '\n/tool fetch url=("u=" . [$enc $who])', who=given)
    assert router.fetched == [{"url": f"u={routeros.web(given)}"}]
    assert parse_qsl(router.fetched[0]["url"], keep_blank_values=True) == [("u", given)]


@pytest.mark.parametrize(
    "given", ["", NASTY, "line\r\nline", "tab\there", "\\n is no line", "".join(map(chr, range(1, 300)))]
)
def test_a_quoted_text_means_itself(given: str) -> None:
    plain = given.replace("\r", "")
    for written, meant in ((routeros.text(given), given), (routeros.long_text(plain), plain.replace("\n", "\r\n"))):
        reader = Reader(written)
        reader.at = 1
        assert reader.literal().encode("latin-1").decode() == meant
        assert reader.at == len(written)


@pytest.mark.parametrize("locale", ["en", "id"])
@pytest.mark.parametrize("to_group", [False, True])
def test_one_command_puts_both_scripts_into_the_profile(to_group: bool, locale: str) -> None:
    target = "120363041234567890" if to_group else WANTED.target
    wanted = replace(WANTED, profile="PPP 10M @home", to_group=to_group, target=target, locale=locale, in_address=True)
    scripts, router = ppp.make(wanted), Router()
    router.run(scripts.install)
    put = {name: value.replace("\r\n", "\n") for name, value in router.profiles["PPP 10M @home"].items()}
    assert put == {"on-up": scripts.on_up, "on-down": scripts.on_down}
    assert "?" not in scripts.install
    assert scripts.install.isascii()
    for script in put.values():
        assert "?" not in script
        # What a field of an old router takes, and what is one message when it is shown in a chat.
        assert len(script) < 4000
        assert len("\n".join(line.strip() for line in script.split("\n"))) < LONGEST - 100


def test_how_versions_differ() -> None:
    six, seven = (ppp.make(replace(WANTED, version=each)).on_up for each in ("6", "7"))
    assert "keep-result=no" in six
    assert "output=none" not in six
    assert "output=none" in seven
    router = Router()
    connect(seven, router)
    (fetch,) = router.fetched
    assert fetch["url"] == "https://wa.example.com:8443/send-message"
    assert fetch["http-method"] == "post"
    assert fetch["http-header-field"] == f"X-API-Key: {WANTED.key},Content-Type: application/x-www-form-urlencoded"
    assert fetch["check-certificate"] == "no"
    assert dict(parse_qsl(fetch["http-data"]))["number"] == WANTED.target
    checked = ppp.make(replace(WANTED, check_certificate=True)).on_up
    assert "check-certificate=yes" in checked
    assert "certificate" not in ppp.make(replace(WANTED, base_url="http://10.0.0.5:3000")).on_up


def test_a_key_in_the_address_only_when_it_is_asked_for() -> None:
    router = Router()
    connect(ppp.make(WANTED).on_up, router)
    assert WANTED.key not in router.fetched[0]["url"]
    connect(ppp.make(replace(WANTED, in_address=True, to_group=True, target="12036-304123")).on_up, router)
    parts = urlsplit(router.fetched[1]["url"])
    assert parts.path == "/send-group-message"
    query = dict(parse_qsl(parts.query))
    assert (query["api_key"], query["group"], query["sender"]) == (WANTED.key, "12036-304123", WANTED.sender)


def test_nothing_that_fails_disturbs_a_login() -> None:
    for script in (ppp.make(WANTED).on_up, ppp.make(WANTED).on_down):
        router = Router(offline=True)
        router.run(script, user="budi", remote_address="10.0.0.2", caller_id="")
        assert len(router.warnings) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", 'abcdefgh" /system reset'), ("key", "short"), ("key", "abcdefgh\n"), ("key", "a,Host: evil.example"),
        ("sender", "62811; /quit"), ("sender", ""), ("sender", "6٢٨١١٠٠٠٠٠"), ("target", "6281$user"),
        ("target", "12036304-1234567"), ("profile", 'x" on-up="evil'), ("profile", "[/quit]"), ("profile", "ü"),
        ("base_url", "https://wa.example.com/?x=1"), ("base_url", "ftp://wa.example.com"), ("base_url", "wa.example"),
        ("base_url", 'https://wa.example.com/" x="'), ("base_url", "https://user:pass@wa.example.com"),
        ("base_url", "https://wa.example.com:99999"), ("base_url", "https://$user.example.com"),
        ("base_url", "https://wa.example.com/#x"), ("base_url", "https://wa.exämple.com"), ("version", "8"),
    ],
)  # fmt: skip
def test_what_people_give_can_not_change_a_script(field: str, value: str) -> None:
    with pytest.raises(DomainError, match="ppp_refused"):
        ppp.make(replace(WANTED, **{field: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("broken", [':put "x', ":do { :delay 2s", ":put [:len $x", "}", ':put "a$b"', ':put "a?b"'])
def test_the_router_of_these_tests_notices_what_is_broken(broken: str) -> None:
    with pytest.raises(ScriptError):
        Reader(broken).read()
