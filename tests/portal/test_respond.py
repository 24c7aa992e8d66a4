"""Where a form stood is what keeps another site from answering in a family's name."""

import pytest
from flask import Flask

from sekisho.portal.respond import client, from_our_own_page, host_name, language

OWN = "https://sekisho.internal"


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),
        ({"Origin": OWN}, True),
        ({"Origin": OWN, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://sekisho.internal"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
    ],
)
def test_a_form_that_stood_elsewhere(headers: dict[str, str], own: bool) -> None:
    with Flask("test").test_request_context("/", base_url=OWN, method="POST", headers=headers):
        assert from_our_own_page() is own


@pytest.mark.parametrize(
    ("host", "name"),
    [("Example.org:80", "example.org"), ("example.org.", "example.org"), ("[::1]:8080", "::1"), ("[", "")],
)
def test_the_name_in_a_host_header(host: str, name: str) -> None:
    assert host_name(host) == name


def test_language_and_device_are_those_of_the_request() -> None:
    asked = {"Accept-Language": "en;q=0.5, ja"}
    with Flask("test").test_request_context("/", headers=asked, environ_base={"REMOTE_ADDR": "10.0.0.7"}):
        assert (language(), client()) == ("ja", "10.0.0.7")


@pytest.mark.parametrize(
    ("chosen", "got"), [("en", "en"), ("ja", "ja"), ("", "ja"), ("xx", "ja"), ("en<script>", "ja")]
)
def test_a_language_that_was_chosen_at_the_desk_counts_and_nothing_else(chosen: str, got: str) -> None:
    headers = {"Accept-Language": "ja", "Cookie": f"sekisho-language={chosen}"}
    with Flask("test").test_request_context("/", headers=headers):
        assert language() == got
