"""A program that was refused unseen is told once, to the device that it was refused to."""

from sekisho.engine.unseen_programs import KEPT_FOR, UnseenProgram, UnseenPrograms
from sekisho.link import host_link
from sekisho.verdict import Level, Verdict

NOW = 1_800_000_000.0
FILES, PAGE = "files.example", "page.example"


def program(*hosts: str) -> UnseenProgram:
    return UnseenProgram(
        host_link(FILES), f"https://{FILES}/x.exe", Verdict(Level.CAUTION), frozenset(hosts or (FILES, PAGE))
    )


def test_whichever_page_is_opened_first_tells_it_and_no_other_does() -> None:
    kept = UnseenPrograms()
    kept.note("10.0.0.1", program(), NOW)
    assert kept.take("10.0.0.2", PAGE, NOW) is None
    assert kept.take("10.0.0.1", "www.example", NOW) is None
    assert kept.take("10.0.0.1", PAGE, NOW + 1) == program()
    assert kept.take("10.0.0.1", FILES, NOW + 1) is None


def test_the_last_one_of_a_host_counts_and_an_old_one_does_not() -> None:
    kept = UnseenPrograms()
    kept.note("10.0.0.1", program(), NOW)
    kept.note("10.0.0.1", program(FILES), NOW)
    assert kept.take("10.0.0.1", PAGE, NOW) == program()
    assert kept.take("10.0.0.1", FILES, NOW + KEPT_FOR) is None


def test_it_holds_a_bounded_number() -> None:
    kept = UnseenPrograms()
    for number in range(1_000):
        kept.note("10.0.0.1", program(f"h{number}.example"), NOW)
    assert len(kept._kept) == 500
    assert kept.take("10.0.0.1", "h999.example", NOW) is not None
