"""Without a store a run must still keep within the limits of VirusTotal's key."""

from sekisho.providers.scratch import Scratch
from sekisho.store import Limits


def test_what_was_said_is_remembered_for_the_run() -> None:
    kept = Scratch()
    assert kept.fact("virustotal", "a.example") is None
    kept.remember_fact("virustotal", "a.example", {"x": 1}, 5.0)
    kept.remember_fact("virustotal", "a.example", {"x": 2}, 6.0)
    fact = kept.fact("virustotal", "a.example")
    assert fact
    assert (fact.value, fact.at) == ({"x": 2}, 6.0)
    kept.note_source("virustotal", "ok", "it answers", 6.0)


def test_the_limits_hold_for_each_source() -> None:
    kept = Scratch()
    limits = Limits(2, 3)
    assert [kept.spend("virustotal", 100.0, limits) for _ in range(3)] == [True, True, False]
    assert kept.spend("another", 100.0, limits)
    assert [kept.spend("virustotal", 300.0, limits) for _ in range(2)] == [True, False]


def test_whether_a_source_ever_said_something() -> None:
    scratch = Scratch()
    assert not scratch.has_facts("virustotal")
    scratch.remember_fact("virustotal", "a.example", None, 1.0)
    assert scratch.has_facts("virustotal")
    assert not scratch.has_facts("registration")
