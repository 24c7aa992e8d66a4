"""What is typed is found in every form in which browsers send it, and honest forms are left in peace."""

import base64
import json
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.forms.bodies import Field, read_body, read_query
from sekisho.forms.numbers import luhn
from sekisho.forms.secrets import find_secrets, held_of
from sekisho.verdict import Level, Secret

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "secrets.toml").read_text("utf-8"))["case"]
URLENCODED = "application/x-www-form-urlencoded"


def fields_of(case: dict[str, Any]) -> list[Field]:
    if "query" in case:
        return read_query(case["query"])
    return read_body(case["body"].encode(), case.get("type", URLENCODED))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_the_table(case: dict[str, Any]) -> None:
    assert [str(secret) for secret in find_secrets(fields_of(case))] == case["finds"]


def test_no_case_was_lost() -> None:
    assert len(CASES) == 55
    assert sum(not case["finds"] for case in CASES) == 17


@st.composite
def cards(draw: st.DrawFn) -> str:
    prefix, size = draw(
        st.sampled_from(
            [
                ("4", 16),
                ("51", 16),
                ("2221", 16),
                ("34", 15),
                ("37", 15),
                ("3528", 16),
                ("36", 14),
                ("62", 19),
            ]
        )
    )
    body = prefix + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=19, max_size=19)))
    body = body[: size - 1]
    return next(body + last for last in "0123456789" if luhn(body + last))


def urlencoded(name: str, value: str) -> tuple[bytes, str]:
    return urlencode({"a": "1", name: value}).encode(), URLENCODED


def as_json(name: str, value: str) -> tuple[bytes, str]:
    return json.dumps({"form": [{"deep": {name: value}}]}).encode(), "application/json"


def multipart(name: str, value: str) -> tuple[bytes, str]:
    head = f'Content-Disposition: form-data; name="{quote_plus(name)}"'
    return f"--b\r\n{head}\r\n\r\n{value}\r\n--b--\r\n".encode(), "multipart/form-data; boundary=b"


def in_base64(name: str, value: str) -> tuple[bytes, str]:
    inner, _ = as_json(name, value)
    return urlencode({"payload": base64.b64encode(inner).decode()}).encode(), URLENCODED


def urlsafe_base64(name: str, value: str) -> tuple[bytes, str]:
    inner, _ = urlencoded(name, value)
    return base64.urlsafe_b64encode(inner).rstrip(b"="), "text/plain"


def json_in_a_form(name: str, value: str) -> tuple[bytes, str]:
    return urlencoded("json", as_json(name, value)[0].decode())


def unnamed(name: str, value: str) -> tuple[bytes, str]:
    return value.encode(), ""


ENCODINGS = [urlencoded, as_json, multipart, in_base64, urlsafe_base64, json_in_a_form, unnamed]


@given(cards(), st.sampled_from(ENCODINGS), st.text(max_size=12), st.sampled_from(["", " ", "-"]))
def test_a_card_is_found_in_every_encoding(card: str, encode: Any, name: str, apart: str) -> None:
    groups = [4, 6, 5] if len(card) == 15 else [4, 6, 4] if len(card) == 14 else [4, 4, 4, 4, 3]
    shown, at = [], 0
    for size in groups:
        shown.append(card[at : at + size])
        at += size
    body, kind = encode(name or "n", apart.join(piece for piece in shown if piece))
    assert Secret.CARD in find_secrets(read_body(body, kind))


@settings(deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([URLENCODED, "application/json", "multipart/form-data; boundary=b", ""]),
)
@example(b"[" * 20_000, "application/json")
@example(b'{"a":' * 20_000, "application/json")
@example(b"<a " * 20_000, "text/xml")
@example(b"a=" * 20_000, URLENCODED)
@example(b"1 " * 20_000, "")
@example(b"9" * 9_000, "application/json")
@example(b"--b\r\n" * 20_000, "multipart/form-data; boundary=b")
@example("9٣".encode() * 20, "")
def test_nothing_raises(body: bytes, kind: str) -> None:
    find_secrets(read_body(body, kind))


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_field_raises(name: str, value: str) -> None:
    find_secrets([Field(name, value)], password_names={name})


@given(st.integers(0, 10**11).map(str), st.from_regex(r"0[789]0-[0-9]{4}-[0-9]{4}", fullmatch=True))
def test_telephones_and_short_ids_are_no_secret(number: str, telephone: str) -> None:
    body = urlencode({"tel": telephone, "id": number, "text": f"call {telephone} about {number}"})
    assert find_secrets(read_body(body.encode(), URLENCODED)) == ()


def test_a_field_that_the_page_masks_is_a_password_whatever_its_name() -> None:
    fields = read_query("user=hanako&f_17=sakura1995")
    assert find_secrets(fields) == ()
    assert find_secrets(fields, password_names={"f_17", "k"}) == (Secret.PASSWORD,)


def test_a_code_in_a_link_that_was_followed_is_not_typed() -> None:
    fields = read_query("verification_code=482913&c=4242424242424242")
    assert find_secrets(fields) == (Secret.CARD, Secret.CODE)
    assert find_secrets(fields, typed=False) == (Secret.CARD,)


def test_a_secret_that_hides_behind_a_long_text_is_found() -> None:
    padding = "x" * 1_20_000
    body = json.dumps({"a": padding, "password": "sakura1995", "c": "4242424242424242"}).encode()
    assert find_secrets(read_body(body, "application/json")) == (Secret.CARD, Secret.PASSWORD)


LEVELS = [
    (Level.PASS, False, 90_000.0, False),
    (Level.PASS, False, 80_000.0, True),
    (Level.PASS, False, None, True),
    (Level.PASS, True, 90_000.0, True),
    (Level.CAUTION, False, 90_000.0, True),
]


@pytest.mark.parametrize(("level", "plain_http", "known_for", "held"), LEVELS)
def test_passwords_are_held_where_something_speaks_against_it_and_cards_always(
    level: Level, plain_http: bool, known_for: float | None, held: bool
) -> None:
    found = (Secret.PASSWORD, Secret.QUESTION, Secret.CARD)
    kept = held_of(found, level=level, plain_http=plain_http, known_for=known_for)
    assert kept == (found if held else (Secret.CARD,))
