import pytest

from sekisho.backoff import backoff


@pytest.mark.parametrize(
    ("failures", "seconds"), [(-1, 0), (0, 0), (1, 15), (2, 30), (3, 60), (7, 600), (10_000, 600)]
)
def test_the_wait_doubles_up_to_its_cap(failures: int, seconds: float) -> None:
    assert backoff(failures, 15.0, 600.0) == seconds
