import pytest
from pydantic import ValidationError

from sekisho.settings import Settings


def test_feeds_can_be_switched_off_one_by_one_or_all() -> None:
    """A family that wants no outgoing request at all says so in one line."""
    settings = Settings.model_validate({"feeds": {"enabled": False, "on": ["a"], "off": "b, c"}})
    assert (settings.feeds.enabled, settings.feeds.on, settings.feeds.off) == (False, ("a",), ("b", "c"))
    assert Settings().feeds.enabled
    with pytest.raises(ValidationError, match="not permitted"):
        Settings.model_validate({"feeds": {"of": ["a"]}})
    with pytest.raises(ValidationError, match="frozen"):
        settings.feeds.enabled = True
