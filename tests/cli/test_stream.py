import io
import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.cli.household import read_household
from sekisho.cli.stream import PIECE, answer_batches, answer_line, judge_text, read_lines
from sekisho.policy.checks import Policy
from sekisho.settings import Settings
from sekisho.verdict import Level

unhurried = settings(deadline=None)  # a busy machine is no failure


@pytest.fixture(scope="module")
def policy(small_rules: Path) -> Policy:
    return read_household(Settings(rules=small_rules, state=Path("/nonexistent"))).policy()


class Trickle(io.BytesIO):
    """A pipe that holds only a few bytes at a time."""

    def __init__(self, content: bytes, pieces: list[int]) -> None:
        super().__init__(content)
        self.pieces = pieces

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(self.pieces.pop(0) if self.pieces else size)


@unhurried
@given(st.binary(max_size=300), st.lists(st.integers(1, 40)))
def test_lines_are_the_same_however_they_arrive(content: bytes, pieces: list[int]) -> None:
    lines = [line for batch in read_lines(Trickle(content, pieces)) for line in batch]
    whole = content.split(b"\n")
    if not whole[-1]:
        whole.pop()
    assert lines == [line.removesuffix(b"\r").decode(errors="replace") for line in whole]


def test_a_line_is_answered_before_the_next_one_is_there() -> None:
    """A program that asks and waits for the answer must not wait for ever."""
    batches = read_lines(Trickle(b"a\nb", [2, 1]))
    assert next(batches) == ["a"]
    assert next(batches) == ["b"]


def test_a_line_without_end_is_cut_and_answered_once() -> None:
    content = b"x" * (5 * PIECE) + b"\ny.example\n" + b"z" * (3 * PIECE)
    lines = [line for batch in read_lines(io.BytesIO(content)) for line in batch]
    assert [line[:9] for line in lines] == ["x" * 9, "y.example", "z" * 9]
    assert max(map(len, lines)) <= 2 * PIECE


@unhurried
@given(st.lists(st.binary(max_size=60).filter(lambda line: b"\n" not in line), max_size=6))
def test_each_line_of_any_bytes_gets_one_object_in_order(policy: Policy, lines: list[bytes]) -> None:
    """A log with a few broken lines must not stop the run, nor shift the answers."""
    out = io.BytesIO()
    content = b"".join(line + b"\n" for line in lines)
    worst, unread = answer_batches(
        partial(judge_text, policy), read_lines(io.BytesIO(content)), out, lambda: 1.0
    )
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [a["url"] for a in answers] == [
        line.removesuffix(b"\r").decode(errors="replace") for line in lines
    ]
    assert unread == sum(a["level"] is None for a in answers)
    for answer in answers:
        assert {"url", "host", "level", "familiar", "reasons"} <= answer.keys()
        assert ("error" in answer) is (answer["level"] is None)
        assert answer["level"] in {None, "pass", "caution", "warn", "block"}
    levels = [Level.from_word(a["level"]) for a in answers if a["level"]]
    assert worst == max(levels, default=None)


def test_the_object_is_just_what_the_verdict_says(policy: Policy) -> None:
    for text in ('https://rec0very-supp0rt-micr0s0ft.org/?q="\\é\n', "www.microsoft.com", "www.example.net"):
        judged = judge_text(policy, text, 1.0)
        assert not isinstance(judged, str)
        link, verdict = judged
        assert json.loads(answer_line(text, judged)) == {
            "url": text,
            "host": link.host,
            "level": verdict.level.word,
            "familiar": verdict.familiar,
            "reasons": [evidence.as_dict() for evidence in verdict.evidence],
        }


def test_further_members_stand_behind_those_of_a_link(policy: Policy) -> None:
    out = io.BytesIO()
    batches = [["www.example.net", "mailto:x"]]
    judge = partial(judge_text, policy)
    answer_batches(judge, batches, out, lambda: 5.0, lambda link, now: f', "more": ["{link.host}", {now}]')
    known, unread = [json.loads(line) for line in out.getvalue().splitlines()]
    assert known["more"] == ["www.example.net", 5.0]
    assert "more" not in unread


def test_another_judge_may_answer_in_place_of_the_rules() -> None:
    out = io.BytesIO()
    worst, unread = answer_batches(
        lambda text, now: f"{text} at {now}", [["www.example.net"]], out, lambda: 5.0
    )
    assert (worst, unread) == (None, 1)
    assert json.loads(out.getvalue())["error"] == "www.example.net at 5.0"


def test_a_name_as_long_as_a_book_is_no_link(policy: Policy) -> None:
    sentence = judge_text(policy, "x" * PIECE, 1.0)
    assert isinstance(sentence, str)
    assert "longer" in sentence
