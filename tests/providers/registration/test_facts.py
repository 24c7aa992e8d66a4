import json
from typing import Any

import pytest

from sekisho.providers.registration.answer import Registration, State
from sekisho.providers.registration.facts import registration_from_dict, registration_to_dict

from .conftest import NOW


@pytest.mark.parametrize(
    "registration",
    [
        Registration("example.org", NOW - 5.5, "rdap.example", NOW, State.KNOWN),
        Registration("example.org", None, "rdap.example", NOW, State.UNREGISTERED),
    ],
)
def test_what_is_kept_comes_back(registration: Registration) -> None:
    value = json.loads(json.dumps(registration_to_dict(registration)))
    assert registration_from_dict("example.org", value, NOW) == registration


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"state": "known", "registered_at": None, "source": "rdap.example"},
        {"state": "undated", "registered_at": 5.0, "source": "rdap.example"},
        {"state": "known", "registered_at": "2018", "source": "rdap.example"},
        {"state": "known", "registered_at": True, "source": "rdap.example"},
        {"state": "known", "registered_at": 5.0, "source": None},
        {"state": "old", "registered_at": 5.0, "source": "rdap.example"},
    ],
)
def test_a_foreign_fact_is_refused(value: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"registration|registered_at|State"):
        registration_from_dict("example.org", value, NOW)
