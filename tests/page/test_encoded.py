"""A form that stands encoded in a script is shown like any other."""

import base64
from urllib.parse import quote

import pytest

from sekisho.page.encoded import MOST_MARKUP, hidden_markup, is_closed

FORM = '<form action="x.php"><label>Password</label><input type="password" name="p"></form>' * 2


def codes(text: str) -> str:
    return ",".join(str(ord(char)) for char in text)


@pytest.mark.parametrize(
    "script",
    [
        f"document.write(unescape('{quote(FORM, safe='')}'))",
        f"document.write(atob('{base64.b64encode(FORM.encode()).decode()}'))",
        f"document.write(String.fromCharCode({codes(FORM)}))",
        "document.write('" + "".join(f"\\x{ord(char):02x}" for char in FORM) + "')",
        f"el.innerHTML = `{FORM}`",
        "document.write(unescape('" + "".join(f"%u{ord(char):04X}" for char in FORM) + "'))",
        f"eval(atob('{base64.b64encode(f'document.write(unescape("{quote(FORM, safe="")}"))'.encode()).decode()}'))",
    ],
    ids=["unescape", "atob", "fromCharCode", "x", "innerHTML", "%u", "atob of unescape"],
)
def test_encoded_forms_are_opened(script: str) -> None:
    assert 'type="password"' in hidden_markup(script)


def test_ordinary_scripts_hold_no_markup() -> None:
    assert not hidden_markup("var a = 1 < 2; f(a); document.write('hello');")


@pytest.mark.parametrize(
    "script", ["unescape('" + "%3C" * 200_000, "atob('" + "A" * 900_000, "atob('" + "QUFB" * 99_000]
)
def test_a_huge_script_gives_bounded_markup(script: str) -> None:
    assert len(hidden_markup(script)) <= MOST_MARKUP


def test_a_script_that_opens_what_nobody_can_read() -> None:
    assert is_closed(f"document.write(decrypt('{'aGVsbG8' * 300}', key))")
    assert not is_closed("document.write('hello')")
