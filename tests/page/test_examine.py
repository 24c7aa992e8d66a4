import json
from collections.abc import Callable

import pytest

from sekisho.page import Examined, unchecked
from sekisho.page.examine import examined_from_dict
from sekisho.verdict import Level, PageSign


def test_what_was_found_survives_the_pipe(judge: Callable[..., Examined]) -> None:
    examined = judge("<title>PayPal</title><input type=password>")
    assert examined.evidence
    assert examined_from_dict(json.loads(json.dumps(examined.as_dict()))) == examined


@pytest.mark.parametrize(
    "foreign", [None, [], {}, {"evidence": [], "asks": ["gold"]}, {"evidence": [{}], "asks": []}]
)
def test_a_foreign_answer_is_refused(foreign: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        examined_from_dict(foreign)


def test_a_page_that_was_not_judged_is_not_clean() -> None:
    examined = unchecked("it is too long")
    assert examined.level is Level.CAUTION
    assert examined.evidence[0].signs[0][0] is PageSign.UNCHECKED
