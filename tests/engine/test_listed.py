"""Who met a domain before it was listed must be told, and nobody's click may wait for the look."""

from sekisho.engine.listed import PAGE, PIECE, find_listed
from sekisho.link import Link
from sekisho.verdict import Evidence, Level, Reason, Verdict

BAD = Verdict(Level.WARN, (Evidence(Reason.FEED, Level.WARN, "feeds/x:1", "it is on a list"),))


class Known:
    """Names in memory; notes how many were read at once."""

    def __init__(self, count: int) -> None:
        self.names = sorted(f"n{number}.example" for number in range(count))

    def names_below(self, level: Level, after: str, limit: int) -> list[str]:
        return [name for name in self.names if name > after][:limit]


def judge(link: Link) -> Verdict:
    return BAD if "7" in link.host else Verdict(Level.PASS)


def test_every_known_domain_is_looked_at_whatever_page_it_is_on() -> None:
    known = Known(2 * PAGE + 7)
    found = find_listed(known, judge, lambda seconds: None)
    assert [name for name, _ in found] == [name for name in known.names if "7" in name]
    assert {verdict for _, verdict in found} == {BAD}
    assert find_listed(Known(0), judge, lambda seconds: None) == []


def test_clicks_get_their_turn_between_small_pieces() -> None:
    """A thread that judged four thousand domains at a stretch held up clicks for 200 ms."""
    since_rest, longest = 0, 0

    def rest(seconds: float) -> None:
        nonlocal since_rest
        assert seconds > 0
        since_rest = 0

    def counting(link: Link) -> Verdict:
        nonlocal since_rest, longest
        since_rest += 1
        longest = max(longest, since_rest)
        return judge(link)

    find_listed(Known(PAGE * 2 + 3), counting, rest)
    assert longest == PIECE
