from dataclasses import replace

import pytest

from sekisho.lookalike import LookalikeIndex, build_index, find_lookalikes
from sekisho.lookalike.tricks.common import common_token
from sekisho.rulebook.model import Rulebook, TrickStrength
from sekisho.verdict import Level
from tests.lookalike.conftest import brand, reading_of


@pytest.fixture(scope="module")
def shared(small: Rulebook) -> LookalikeIndex:
    """A family's name that is a bank's too, and a word of every day."""
    itachi = replace(brand("itachi", "itachibank", weak=("mori",)), common_tokens=("itachi",))
    words = frozenset({"login", "card", "service", "services", "online"})
    strengths = {
        **small.tricks,
        "common-token": TrickStrength(Level.CAUTION, Level.WARN),
        "weak-local": TrickStrength(Level.PASS, Level.WARN),
    }
    return build_index(replace(small, brands={"itachi": itachi}, risk_words=words, tricks=strengths))


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("itachi-heron.com", "common-token"),
        ("itachi.heron.com", "common-token"),
        ("itachi-login.com", "common-token"),
        ("itachi-loginheron.com", "common-token"),
        ("itachi-online-login.com", "common-token"),
        ("itachi-service.com", "weak-local"),
        ("itachi-servicesheron.com", "weak-local"),
        ("itachi-heron.cn", "weak-local"),
        ("itachi-login.cn", "common-token"),
        ("itachi.weebly.com", "weak-local"),
        ("mori-login.com", "weak-local"),
        ("itach1-login.com", None),
        ("itachiheron.com", None),
        ("heron.com", None),
    ],
)
def test_what_stands_beside_a_common_name(host: str, key: str | None, shared: LookalikeIndex) -> None:
    finding = common_token(reading_of(host, shared), shared)
    assert (finding and finding.key) == key


@pytest.mark.parametrize(
    ("host", "level"),
    [
        ("itachi-heron.com", Level.CAUTION),
        ("itachi-service.com", Level.CAUTION),
        ("itachi-login.com", Level.WARN),
        ("itachi-heron.top", Level.WARN),
        ("itachi-heron.cn", Level.CAUTION),
        ("itachi.co.jp", Level.PASS),
        ("itachi-heron.co.jp", Level.PASS),
    ],
)
def test_a_familys_firm_is_not_taken_for_a_bank(host: str, level: Level, shared: LookalikeIndex) -> None:
    evidence = find_lookalikes(reading_of(host, shared).link, shared)
    assert max((one.level for one in evidence), default=Level.PASS) is level


def test_a_common_name_is_common_in_its_own_country_only(small: Rulebook) -> None:
    itachi = replace(brand("itachi", region="de"), common_tokens=("itachi",))
    index = build_index(replace(small, brands={"itachi": itachi}))
    finding = common_token(reading_of("itachi-heron.com", index), index)
    assert finding is not None
    assert finding.key == "weak-token"
