import pytest

from sekisho.backoff import backoff, parse_retry_after


@pytest.mark.parametrize(
    ("failures", "seconds"), [(-1, 0), (0, 0), (1, 15), (2, 30), (3, 60), (7, 600), (10_000, 600)]
)
def test_the_wait_doubles_up_to_its_cap(failures: int, seconds: float) -> None:
    assert backoff(failures, 15.0, 600.0) == seconds


NOW = 1_795_514_400.0  # 2026-11-24T10:00:00Z


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 5000, 999_999_999.0),
        ("Tue, 24 Nov 2026 10:05:00 GMT", 300.0),
        ("Tue, 24 Nov 2026 10:05:00 -0000", 300.0),
        ("Tue, 24 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(text: str | None, seconds: float | None) -> None:
    assert parse_retry_after(text, NOW) == seconds
