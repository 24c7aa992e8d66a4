from sekisho.cli.overlap import MOST_TOLD, Overlap
from sekisho.policy.checks import Policy
from sekisho.policy.decisions import Decision, Decisions
from sekisho.rulebook.hostlist import parse_host_list
from sekisho.rulebook.model import Brand, Rulebook

BRAND = Brand("m", "M", "M", "world", "shop", ("emm",), (), ("emm.example.org",), tlds=("test",))


def overlap(*decisions: Decision, block: str = "", allow: str = "") -> Overlap:
    rules = Rulebook(
        brands={"m": BRAND},
        familiar_domains=frozenset({"example.com"}),
        blocklist=(parse_host_list(block, "blocklist.txt", {})[0],),
        allowlist=(parse_host_list(allow, "allowlist.txt", {})[0],),
    )
    return Overlap(Policy(rules, Decisions(decisions)), 5.0)


def entry(line: str) -> tuple[str, bool]:
    return line.removeprefix("="), line.startswith("=")


def test_blocks_that_will_not_count_are_told_with_what_outweighs_them() -> None:
    """The family believes that a site is shut; it must hear when it is not."""
    look = overlap(
        Decision("allow", "said.example.net", 1.0, "sekisho allow", id=3), allow="\na.example.net\n"
    )
    for line in (
        "www.example.com",
        "=emm.example.org",
        "x.test",
        "=a.example.net",
        "said.example.net",
        "b.example",
    ):
        look.note("block", *entry(line))
    assert look.open.count == 5
    assert len(look.open.first) == MOST_TOLD
    assert look.open.first[0] == "www.example.com: example.com is well known (rules/familiar.txt)"
    one = overlap(allow="\na.example.net\n")
    one.note("block", *entry("x.a.example.net"))
    assert one.open.first == [
        "x.a.example.net: a.example.net is on the family's allowlist (allowlist.txt:2)",
    ]


def test_allows_are_weighed_against_the_familys_blocks() -> None:
    look = overlap(block="example.net\n=x.example.net\n")
    for line in ("a.example.net", "x.example.net", "example.org"):
        look.note("allow", *entry(line))
    assert look.opened.first == ["a.example.net, which wins over blocklist.txt:1 because it is closer"]
    assert look.shut.first == ["x.example.net: x.example.net is on the family's blocklist (blocklist.txt:2)"]


def test_a_repeat_counts_once() -> None:
    look = overlap()
    for line in ("example.com", "example.com", "=example.com"):
        look.note("block", *entry(line))
    assert look.open.count == 2
