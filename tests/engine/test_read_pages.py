"""What a page showed counts for what is sent to its host afterwards, and not for ever."""

from sekisho.engine.read_pages import KEPT_FOR, ReadPages
from sekisho.link import host_link
from sekisho.verdict import Evidence, Level, Reason

NOW = 1_800_000_000.0
HOST = host_link("tanaka-tofu-ten.jp")
BAD = (Evidence(Reason.PAGE, Level.WARN, "page", "a fake"),)
ODD = (Evidence(Reason.PAGE, Level.CAUTION, "page", "odd"),)


def test_the_whole_host_until_it_is_over() -> None:
    pages = ReadPages()
    pages.note(HOST, "/login?x=1", BAD, NOW, shared=False)
    assert pages.known(HOST, "/other", NOW + 60) == BAD
    assert pages.known(HOST, None, NOW + 60) == BAD
    assert pages.known(host_link("www.tanaka-tofu-ten.jp"), "/", NOW) == ()
    assert pages.known(HOST, "/login", NOW + KEPT_FOR) == ()


def test_a_clean_or_milder_page_takes_nothing_back() -> None:
    pages = ReadPages()
    pages.note(HOST, "/a", BAD, NOW, shared=False)
    pages.note(HOST, "/b", (), NOW, shared=False)
    pages.note(HOST, "/c", ODD, NOW, shared=False)
    assert pages.known(HOST, "/", NOW) == BAD
    pages.note(HOST, "/c", ODD, NOW + KEPT_FOR, shared=False)
    assert pages.known(HOST, "/", NOW + KEPT_FOR) == ODD


def test_on_a_shared_host_only_the_page_is_bad_and_the_rest_is_guarded() -> None:
    pages = ReadPages()
    pages.note(HOST, "/site/fake?a=1", BAD, NOW, shared=True)
    assert pages.known(HOST, "/site/fake", NOW) == BAD
    assert [found.level for found in pages.known(HOST, "/site/good", NOW)] == [Level.CAUTION]


def test_it_holds_a_bounded_number_of_hosts() -> None:
    pages = ReadPages()
    for number in range(5_000):
        pages.note(host_link(f"h{number}.example"), "/", BAD, NOW, shared=False)
    assert len(pages._found) <= 2_000
    assert pages.known(host_link("h4999.example"), "/", NOW) == BAD
