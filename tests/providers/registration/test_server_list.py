import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.providers.registration.answer import NoAnswerError, State
from sekisho.providers.registration.server_list import is_safe_url, read_server_list


def listed(*services: object) -> bytes:
    return json.dumps({"version": "1.0", "services": services}).encode()


def test_the_longest_entry_wins() -> None:
    servers = read_server_list(
        listed(
            [["com", "NET."], ["https://rdap.example/com/v1/"]],
            [["uk"], ["https://rdap-uk.example"]],
            [["co.uk"], ["https://rdap-co.example/"]],
        )
    )
    assert servers.find("example.net") == "https://rdap.example/com/v1/"
    assert servers.find("example.uk") == "https://rdap-uk.example/"
    assert servers.find("example.co.uk") == "https://rdap-co.example/"
    assert servers.find("example.dcom") is None
    assert servers.hosts == {"rdap.example", "rdap-uk.example", "rdap-co.example"}


def test_https_is_taken_where_both_are_listed_and_plain_http_never() -> None:
    """Over plain http anybody on the way could say that a name is old."""
    servers = read_server_list(
        listed(
            [["org"], ["http://rdap.example/", "https://rdap.example/"]],
            [["net"], ["http://rdap.example/"]],
        )
    )
    assert servers.find("example.org") == "https://rdap.example/"
    assert servers.find("example.net") is None


def test_an_entry_that_cannot_be_used_is_left_out() -> None:
    servers = read_server_list(
        listed(
            [["org"], ["https://rdap.example/"]],
            [["a"], []],
            [["b"], ["ftp://rdap.example/", 3, "https://user@rdap.example/", "https://rdap.example/?q="]],
            ["c", "https://rdap.example/"],
            [[7, ""], ["https://rdap.example/"]],
        )
    )
    assert dict(servers.servers) == {"org": "https://rdap.example/"}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"3", b"{}", b'{"services": 3}', b'{"services": []}', b'{"services": [3]}',
     b'{"services": [[]]}', b'{"services": {"org": 1}}', b'{"services": [[["org"], ["http://a.example/"]]]}',
     b"\xff\xfe", b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_list_is_told(body: bytes) -> None:
    with pytest.raises(NoAnswerError, match="RDAP servers") as error:
        read_server_list(body)
    assert error.value.state is State.UNREADABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("https://rdap.example/"),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


@given(st.binary(max_size=200) | _JSON.map(lambda value: json.dumps({"services": value}).encode()))
def test_any_bytes_are_a_list_or_the_documented_error(body: bytes) -> None:
    try:
        servers = read_server_list(body)
    except NoAnswerError:
        return
    assert all(is_safe_url(base) and base.endswith("/") for base in servers.servers.values())


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://rdap.example/", True),
        ("https://rdap.example:8443/x", True),
        ("http://127.0.0.1:8000/", True),
        ("http://[::1]/", True),
        ("http://rdap.example/", False),
        ("http://127.0.0.1.rdap.example/", False),
        ("https://", False),
        ("https://user@rdap.example/", False),
        ("https://rdap.example:99999/", False),
        ("https://[rdap/", False),
        ("https://rdap.example/a b", False),
        ("https://rdap.example/\r\nX: y", False),
        ("//rdap.example/", False),
        ("", False),
    ],
)
def test_only_https_is_safe(url: str, safe: bool) -> None:
    assert is_safe_url(url) is safe
