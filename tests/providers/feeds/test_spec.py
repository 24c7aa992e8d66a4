"""feeds.toml: a mistake is told with its line, and nothing is downloaded that its terms do not allow."""

import pytest

from sekisho.providers.feeds.spec import FeedSpec, Form, parse_feeds

GOOD = """\
[one]
name = "One"
url = "https://lists.example/one.txt"
format = "domains"
licence = "MIT"
terms = "MIT License"
hours = 6
on = true
"""


def test_a_feed_with_its_defaults() -> None:
    specs, problems = parse_feeds(GOOD, "rules/feeds.toml")
    assert not problems
    one = FeedSpec(
        "one", "One", "https://lists.example/one.txt", Form.DOMAINS, "", "MIT", "MIT License", 6, True
    )
    assert specs == {"one": one}
    assert one.urls(0.0) == ("https://lists.example/one.txt",)
    assert (one.max_mb, one.months, one.varies, one.reading) == (32, 0, False, "domains")


@pytest.mark.parametrize(
    ("form", "read_as", "field"), [("json:deny", Form.JSON, "deny"), ("csv:URL", Form.CSV, "URL")]
)
def test_forms_with_a_field(form: str, read_as: Form, field: str) -> None:
    specs, problems = parse_feeds(GOOD.replace('"domains"', f'"{form}"'), "rules/feeds.toml")
    assert not problems
    assert (specs["one"].form, specs["one"].field, specs["one"].reading) == (read_as, field, form)


def test_monthly_documents_go_back_over_the_turn_of_the_year() -> None:
    text = GOOD.replace("one.txt", "{year}/{year}{month}.csv") + "months = 3\n"
    specs, problems = parse_feeds(text, "rules/feeds.toml")
    assert not problems
    february = 1_739_000_000.0  # 2025-02-08
    assert specs["one"].urls(february) == (
        "https://lists.example/2025/202502.csv",
        "https://lists.example/2025/202501.csv",
        "https://lists.example/2024/202412.csv",
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("https://lists", "http://lists", "3: one: url: 'http://lists.example/one.txt' is not encrypted"),
        ("https://lists", "file:///lists", "3: one: url: file: is not a web address"),
        ("https://lists", "https://me:word@lists", "3: one: url: it holds a name or password"),
        ("one.txt", "{day}.txt", "3: one: the url holds {day}; known are {year} and {month}"),
        ("one.txt", "{year}{month}", "3: one: the url holds {month}, {year}; known are"),
        ("hours = 6", "months = 2", "3: one: months = 2, but the url has no {year} and {month}"),
        ('"domains"', '"list"', "4: one: format 'list' is not known; write one of domains, hosts, urls"),
        ('"domains"', '"json"', "4: one: format 'json': write json:NAME with the name of the key"),
        ('"domains"', '"csv: "', "4: one: format 'csv: ': write csv:NAME with the name of the column"),
        ('"domains"', '"urls:x"', "4: one: format 'urls:x': write urls alone"),
        ('"MIT"', '"none"', "8: one: on by default, but the licence 'none' is none that allows every use"),
        ('"MIT"', "3", "5: one: licence must be a text"),
        ("hours = 6", "hours = 0", "7: one: hours must be a whole number from 1 to 720, not 0"),
        ("hours = 6", "hours = true", "7: one: hours must be a whole number"),
        ("hours = 6", "max_mb = 257", "7: one: max_mb must be a whole number from 1 to 256"),
        ("on = true", "on = 1", "8: one: on must be true or false, not 1"),
        ("hours = 6", "every = 6", "7: one: unknown key 'every'; known: format, hours"),
        ("[one]", "[One]", "1: One: write the table's name in a-z"),
        ("[one]", "one = 1\n[two]", "1: 'one' stands outside of a table"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, sentence: str) -> None:
    specs, problems = parse_feeds(GOOD.replace(old, new), "rules/feeds.toml")
    assert [problem for problem in problems if problem.startswith(f"rules/feeds.toml:{sentence}")]
    assert "one" not in specs


def test_a_list_of_this_computer_needs_no_encryption() -> None:
    """Somebody may fetch lists by other means and serve them at home."""
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        specs, problems = parse_feeds(GOOD.replace("https://lists.example", f"http://{host}"), "f")
        assert not problems
        assert specs


def test_a_family_answers_for_its_own_feeds() -> None:
    text = '[mine]\nurl = "https://lists.example/mine"\nformat = "hosts"\n'
    specs, problems = parse_feeds(text, "feeds.toml", own=True)
    assert not problems
    assert (specs["mine"].name, specs["mine"].on, specs["mine"].licence) == ("mine", True, "none")
    assert len(parse_feeds(text, "rules/feeds.toml")[1]) == 3
