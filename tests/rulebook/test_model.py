"""The questions that checks ask of the Rulebook; a wrong answer tunnels a stranger or stops a bank."""

import pytest

from sekisho.link import host_link
from sekisho.rulebook.model import Brand, HostList, ListEntry, Rulebook

GOOGLE = Brand(
    slug="google",
    name="Google",
    name_ja="グーグル",
    region="world",
    kind="software",
    tokens=("google",),
    weak_tokens=(),
    domains=("google.com", "google.co.jp"),
    tlds=("google",),
    content=("googleusercontent.com",),
)
RULEBOOK = Rulebook(
    brands={"google": GOOGLE},
    familiar_domains=frozenset({"google.com", "example.co.jp", "weebly.com", "googleusercontent.com"}),
    platforms={"sites.google.com": "hosting", "weebly.com": "hosting"},
)


def test_the_first_domain_is_the_real_site() -> None:
    assert GOOGLE.site == "google.com"


@pytest.mark.parametrize(
    ("host", "platform"),
    [
        ("user.weebly.com", "weebly.com"),
        ("weebly.com", "weebly.com"),
        ("sites.google.com", "sites.google.com"),
        ("lh3.googleusercontent.com", "googleusercontent.com"),
        ("user.github.io", "github.io"),
        ("mail.google.com", None),
        ("192.0.2.1", None),
    ],
)
def test_platform_of(host: str, platform: str | None) -> None:
    assert RULEBOOK.platform_of(host_link(host)) == platform


@pytest.mark.parametrize("host", ["google.com", "accounts.google.com", "WWW.GOOGLE.CO.JP.", "about.google"])
def test_a_brands_own_hosts_are_official(host: str) -> None:
    owner = RULEBOOK.owner_of(host_link(host))
    assert owner is not None
    assert owner.slug == "google"


@pytest.mark.parametrize(
    "host",
    [
        "sites.google.com",
        "x.googleusercontent.com",
        "google.com.example.net",
        "notgoogle.com",
        "google.github.io",
    ],
)
def test_users_pages_and_strangers_are_not(host: str) -> None:
    assert RULEBOOK.owner_of(host_link(host)) is None


@pytest.mark.parametrize(
    ("host", "familiar"),
    [
        ("example.co.jp", True),
        ("shop.example.co.jp", True),
        ("mail.google.com", True),
        ("sites.google.com", False),
        ("user.weebly.com", False),
        ("lh3.googleusercontent.com", False),
        ("example.co.jp.evil.example", False),
        ("other.co.jp", False),
    ],
)
def test_is_familiar(host: str, familiar: bool) -> None:
    link = host_link(host)
    assert (link.domain in RULEBOOK.familiar_domains and RULEBOOK.platform_of(link) is None) is familiar


def test_the_closest_entry_of_a_list_wins() -> None:
    def entry(name: str, exact: bool = False) -> ListEntry:
        return ListEntry(name, exact, f"blocklist.txt:{name}")

    listed = HostList(
        domains={"example.com": entry("example.com"), "a.example.com": entry("a.example.com")},
        hosts={"b.a.example.com": entry("b.a.example.com", True)},
    )
    assert listed.find(host_link("www.example.com")) == entry("example.com")
    assert listed.find(host_link("x.a.example.com")) == entry("a.example.com")
    assert listed.find(host_link("b.a.example.com")) == entry("b.a.example.com", True)
    assert listed.find(host_link("c.b.a.example.com")) == entry("a.example.com")
    assert listed.find(host_link("example.org")) is None


def test_an_entry_that_has_ended_leaves_the_next_one_in_force() -> None:
    listed = HostList(
        {"example.com": ListEntry("example.com", False, "d", 200.0)},
        {"a.example.com": ListEntry("a.example.com", True, "h", 100.0)},
    )
    link = host_link("a.example.com")
    assert [found.source for now in (99.0, 100.0, 199.0) if (found := listed.find(link, now))] == [
        "h",
        "d",
        "d",
    ]
    assert listed.find(link, 200.0) is None
