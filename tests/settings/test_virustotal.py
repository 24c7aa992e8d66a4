import pytest
from pydantic import ValidationError

from sekisho.settings.virustotal import VirusTotalSettings, clean_key

KEY = "0123456789abcdef" * 4


def test_by_default_nobody_is_asked_and_a_free_key_is_enough() -> None:
    table = VirusTotalSettings()
    assert table.key.get_secret_value() == ""
    assert table.host == "https://www.virustotal.com"
    assert (table.wait, table.per_minute, table.per_day) == (2.5, 4, 500)


def test_a_key_does_not_show_itself() -> None:
    """Settings are printed in logs and pasted into questions."""
    table = VirusTotalSettings.model_validate({"key": f" {KEY}\n"})
    assert table.key.get_secret_value() == KEY
    for shown in (repr(table), str(table), str(table.model_dump()), table.model_dump_json()):
        assert KEY not in shown


@pytest.mark.parametrize("wrong", ["two words", "a/../b", "a\nb", "schlüssel", "k" * 257])
def test_what_would_change_a_url_or_a_header_is_no_key(wrong: str) -> None:
    with pytest.raises(ValueError, match="letters and digits") as caught:
        clean_key(wrong)
    assert wrong not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://vt.example/", "https://vt.example"),
        ("https://VT.example:8443", "https://vt.example:8443"),
        ("http://127.0.0.1:8099", "http://127.0.0.1:8099"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:8099/", "http://[::1]:8099"),
    ],
)
def test_a_server_may_stand_in_for_the_real_one(given: str, kept: str) -> None:
    assert VirusTotalSettings(host=given).host == kept


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("http://vt.example", "unencrypted"),
        ("http://127.0.0.1.example", "unencrypted"),
        ("http://192.168.1.5", "unencrypted"),
        ("vt.example", "without a path"),
        ("ftp://vt.example", "without a path"),
        ("https://vt.example/api", "without a path"),
        ("https://vt.example/?x", "without a path"),
        ("https://user@vt.example", "without a path"),
        ("https://vt.example:x", "without a path"),
        ("https://[vt", "without a path"),
        ("", "without a path"),
    ],
)
def test_the_key_goes_to_a_server_over_tls_only(wrong: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        VirusTotalSettings(host=wrong)


def test_an_unknown_key_of_the_table_is_refused() -> None:
    with pytest.raises(ValidationError, match="not permitted"):
        VirusTotalSettings.model_validate({"kye": "x"})
