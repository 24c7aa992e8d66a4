"""What a list warns of: its hosts and pages, and never a whole platform or suffix."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.feeds import entries as module
from sekisho.providers.feeds.entries import Entries, FeedError, folded, page_keys, read_entries
from sekisho.providers.feeds.spec import Form

SHARED = {
    "weebly.com": "hosting",
    "docs.house.example": "notes",
    "tiny.example": "shortener",
    "web.app": "cloud",
}


def keys(text: str, form: Form, field: str = "") -> dict[str, int]:
    return read_entries(text, form, field, SHARED).keys


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Form.DOMAINS, "# head\n\nbad.example\nWWW.Other.Example.\r\n192.0.2.7\n"),
        (Form.HOSTS, "# head\n\n0.0.0.0 bad.example # note\n127.0.0.1 www.other.example\n192.0.2.7\n"),
        (Form.ADBLOCK, "[Adblock Plus]\n! head\n||bad.example^\n||www.other.example^$all\n||192.0.2.7^\n"),
        (
            Form.URLS,
            "# a\n# b\nhttps://bad.example/x?y=1#z\nhttp://www.other.example:8080/a/\nhttp://192.0.2.7/\n",
        ),
    ],
)
def test_each_form_names_the_same_hosts(form: Form, text: str) -> None:
    assert keys(text, form) == {"bad.example": 3, "other.example": 4, "192.0.2.7": 5}


def test_json_and_csv() -> None:
    listed = json.dumps({"allow": ["good.example"], "deny": ["bad.example", "https://other.example/x"]})
    assert keys(listed, Form.JSON, "deny") == {"bad.example": 1, "other.example": 2}
    table = '\ufeffdate,URL,description\n2025-01-01,https://bad.example/a,"x, y"\n\n2025-01-02,http://b.example,\n'
    assert keys(table, Form.CSV, "URL") == {"bad.example": 2, "b.example": 4}


@pytest.mark.parametrize(
    "line",
    ["weebly.com", "www.weebly.com", "co.jp", "pages.dev", "github.io", "kawasaki.jp", "com", "web.app"],
)
def test_a_line_never_shuts_a_platform_or_a_suffix(line: str) -> None:
    """One bad line of a stranger's list would take thousands of honest sites away."""
    found = read_entries(f"{line}\nbad.example\nworse.example\n", Form.DOMAINS, "", SHARED)
    assert set(found.keys) == {"bad.example", "worse.example"}
    assert found.shared + found.unreadable == 1
    for form, text in ((Form.ADBLOCK, f"||{line}^"), (Form.HOSTS, f"0.0.0.0 {line}")):
        assert set(keys(f"{text}\n0.0.0.0 bad.example\n0.0.0.0 c.example", form)) == {
            "bad.example",
            "c.example",
        }
    urls = f"https://{line}/\nhttps://bad.example/\nhttps://c.example/\n"
    assert set(keys(urls, Form.URLS)) == {"bad.example", "c.example"}


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("https://name.pages.dev/login", {"name.pages.dev"}),
        ("https://name.weebly.com/", {"name.weebly.com"}),
        ("https://name.weebly.com/login/", {"name.weebly.com/login", "name.weebly.com/"}),
        (
            "https://docs.house.example/forms/d/e/1/viewform",
            {"docs.house.example/forms/d/e/1/viewform", "docs.house.example/"},
        ),
        (
            "https://docs.house.example/viewer?url=x#y",
            {"docs.house.example/viewer?url=x", "docs.house.example/"},
        ),
        ("https://www.tiny.example/AbC", {"tiny.example/AbC", "tiny.example/"}),
        ("tiny.example/a b", {"tiny.example/a%20b", "tiny.example/"}),
        ("tiny.example", set()),
        ("https://mail.house.example/x", {"mail.house.example"}),
    ],
)
def test_on_a_shared_host_a_url_means_its_page(url: str, listed: set[str]) -> None:
    """Whose form it is stands in the path: the other forms of that host are honest."""
    assert set(keys(f"{url}\nhttps://bad.example/\n", Form.URLS)) == {*listed, "bad.example"}


def test_pages_too_long_to_match_again_are_dropped() -> None:
    found = read_entries(f"https://tiny.example/{'a' * 3000}\nhttps://bad.example\n", Form.URLS, "", SHARED)
    assert set(found.keys) == {"bad.example"}
    assert found.unreadable == 1


@pytest.mark.parametrize(
    ("form", "field", "text", "sentence"),
    [
        (Form.DOMAINS, "", "", "empty"),
        (Form.DOMAINS, "", "# only a head\n", "empty"),
        (
            Form.DOMAINS,
            "",
            "https://a.example/x\nhttps://b.example\nc.example\n",
            "2 of 3 lines name no host",
        ),
        (Form.DOMAINS, "", "too many requests, try again later\n", "1 of 1 lines name no host"),
        (Form.ADBLOCK, "", "||a.example^$script\n", "1 of 1 lines"),
        (Form.HOSTS, "", "0.0.0.0 intranet\n", "1 of 1 lines"),
        (Form.JSON, "deny", "{", "no JSON"),
        (Form.JSON, "deny", "[" * 100_000, "no JSON"),
        (Form.JSON, "deny", '{"deny": {}}', "no list under 'deny'"),
        (Form.JSON, "deny", '["a.example"]', "no list under 'deny'"),
        (Form.JSON, "deny", '{"deny": []}', "empty"),
        (Form.JSON, "deny", '{"deny": [1, null, "a.example"]}', "2 of 3 lines"),
        (Form.CSV, "URL", "date,url\n1,a.example\n", "no column 'URL'"),
        (Form.CSV, "URL", "", "no column 'URL'"),
        (Form.CSV, "URL", f"URL\n{'a' * 200_000}", "no table"),
    ],
)
def test_what_is_not_the_list_any_more_is_refused(form: Form, field: str, text: str, sentence: str) -> None:
    with pytest.raises(FeedError, match=sentence):
        read_entries(text, form, field, SHARED)


def test_an_exception_of_a_wildcard_suffix_is_a_domain() -> None:
    """`*.kawasaki.jp` is a suffix, `city.kawasaki.jp` is a town."""
    assert keys("city.kawasaki.jp\nwww.ck\nanything.kawasaki.jp\n", Form.DOMAINS) == {
        "city.kawasaki.jp": 1,
        "www.ck": 2,
    }


def test_a_list_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ENTRIES", 2)
    assert len(keys("a.example\nb.example\nb.example\n", Form.DOMAINS)) == 2
    with pytest.raises(FeedError, match="more than 2 entries"):
        keys("a.example\nb.example\nc.example\n", Form.DOMAINS)


def test_lines_are_counted() -> None:
    found = read_entries("bad.example\nbad.example\nno host here\nweebly.com\n", Form.DOMAINS, "", SHARED)
    assert found == Entries({"bad.example": 1}, read=4, unreadable=1, shared=1)


def test_www_is_folded_but_never_to_a_top_level_domain() -> None:
    assert (folded("www.a.example"), folded("www.com"), folded("a.example")) == (
        "a.example",
        "www.com",
        "a.example",
    )


@pytest.mark.parametrize(
    ("path", "looked_up"),
    [
        ("/", []),
        ("", []),
        ("/a/", ["h/a"]),
        ("/a?b=/c", ["h/a?b=/c", "h/a"]),
        ("/?b", ["h?b"]),
        ("/a#b?c", ["h/a"]),
        ("/a?", ["h/a"]),
    ],
)
def test_page_keys(path: str, looked_up: list[str]) -> None:
    assert list(page_keys("h", path)) == looked_up


@given(st.text(max_size=60), st.sampled_from(Form))
def test_whatever_a_list_holds_no_entry_is_odd(text: str, form: Form) -> None:
    """A hostile list can name wrong hosts, but not make the reader stumble or shut a suffix."""
    try:
        found = read_entries(text, form, "URL", SHARED)
    except FeedError:
        return
    for key in found.keys:
        assert key == key.strip()
        assert key not in SHARED
        assert "." in key or ":" in key


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda x: "--" not in x)


@given(st.lists(st.tuples(LABEL, st.sampled_from(["example", "co.jp", "top"])), min_size=1, max_size=8))
def test_every_plain_domain_is_an_entry(names: list[tuple[str, str]]) -> None:
    hosts = [f"q{label}.{suffix}" for label, suffix in names]
    for form, line in (
        (Form.DOMAINS, "{}"),
        (Form.HOSTS, "0.0.0.0 {}"),
        (Form.ADBLOCK, "||{}^"),
        (Form.URLS, "http://{}/x"),
    ):
        assert set(keys("\n".join(line.format(host) for host in hosts), form)) == set(hosts)
