import pytest
from pydantic import ValidationError

from sekisho.settings import Settings


def test_registries_are_asked_unless_somebody_turns_it_off() -> None:
    registration = Settings().registration
    assert registration.on
    assert registration.whois_server == ("whois.jprs.jp", 43)
    assert not Settings.model_validate({"registration": {"on": False}}).registration.on
    with pytest.raises(ValidationError, match="frozen"):
        registration.on = False


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"bootstrap": "http://list.example/dns.json"}, "https address"),
        ({"bootstrap": "https://[::1"}, "https address"),
        ({"bootstrap": "https://list.example:99999/"}, "https address"),
        ({"bootstrap": "dns.json"}, "https address"),
        ({"whois": "whois.example:0"}, "no port"),
        ({"whois": "https://whois.example/"}, "HOST:PORT"),
        ({"wait": -1}, "0"),
        ({"wait": 11}, "10"),
        ({"young_days": 0}, "1"),
        ({"unknown": 1}, "not permitted"),
    ],
)
def test_registries_that_cannot_be_asked_safely_are_refused(wrong: dict[str, object], sentence: str) -> None:
    """Over plain http anybody on the way could say that a name is old."""
    with pytest.raises(ValidationError, match=sentence):
        Settings.model_validate({"registration": wrong})
