"""A page that is read in another charset than the browser's shows the parent a brand that we do not see."""

import pytest

from sekisho.page.decode import MOST_BYTES, decode_page

TEXT = "楽天カードへログイン：パスワードを入力してください"


@pytest.mark.parametrize("charset", ["shift_jis", "euc-jp", "iso-2022-jp", "utf-8"])
@pytest.mark.parametrize("place", ["header", "meta", "nowhere"])
def test_japanese_pages_are_read_wherever_their_charset_stands(charset: str, place: str) -> None:
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if place == "meta" else ""
    )
    header = f"text/html; charset={charset.upper()}" if place == "header" else "text/html"
    assert TEXT in decode_page(f"{meta}{TEXT}".encode(charset), header).text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_outweighs_the_header(codec: str) -> None:
    assert decode_page(TEXT.encode(codec), "text/html; charset=shift_jis").text == TEXT


def test_a_mended_page_is_utf8_whatever_its_meta_says() -> None:
    assert TEXT in decode_page(f'<meta charset="x-sjis">{TEXT}'.encode()).text


@pytest.mark.parametrize("label", ["hex", "zlib", "idna", "unicode_escape", "utf-7", "no-such"])
def test_a_codec_that_no_browser_has_is_never_used(label: str) -> None:
    decoded = decode_page(b"<title>PayPal</title>", f"text/html; charset={label}")
    assert (decoded.text, decoded.codec) == ("<title>PayPal</title>", "utf-8")


def test_a_long_page_is_cut_and_says_so() -> None:
    decoded = decode_page("あ".encode() * MOST_BYTES)
    assert decoded.cut
    assert set(decoded.text) == {"あ"}, "not in the middle of a letter"
    assert not decode_page(b"a" * MOST_BYTES).cut


def test_western_text_without_a_charset() -> None:
    assert decode_page("Connexion à votre compte Société".encode("cp1252")).codec == "cp1252"
