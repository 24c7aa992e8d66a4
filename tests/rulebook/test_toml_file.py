"""A mistake in a rule file is told with the line that somebody has to open an editor at."""

from sekisho.rulebook.toml_file import TomlFile

TEXT = """\
# head
loose = 1

[amazon]
name = "Amazon"
domains = [
    "amazon.com", "amazon.co.jp",
    'amazon.com',
]

[ "rakuten" ]  # the second
name = "amazon.com"
domains = ["rakuten.co.jp"]
"""


def lines_of(file: TomlFile) -> list[str]:
    return [problem.split(":")[1] for problem in file.problems]


def test_line_of_a_value_a_key_and_a_table() -> None:
    file = TomlFile(TEXT, "rules/x.toml")
    file.problem("a value", "amazon", "domains", "amazon.co.jp")
    file.problem("the second of two equal values", "amazon", "domains", "amazon.com", nth=1)
    file.problem("a key", "amazon", "name")
    file.problem("a table whose name is quoted", "rakuten")
    file.problem("its key", "rakuten", "domains")
    file.problem("a key that is missing: its table", "rakuten", "name_ja")
    file.problem("a value that is not found: its key", "amazon", "domains", "nowhere.example")
    assert lines_of(file) == ["7", "8", "5", "11", "13", "11", "6"]
    assert file.problems[0] == "rules/x.toml:7: amazon: a value"


def test_what_stands_outside_of_a_table_is_a_problem() -> None:
    file = TomlFile(TEXT, "rules/x.toml")
    assert [name for name, _ in file.tables()] == ["amazon", "rakuten"]
    assert file.problems == ["rules/x.toml:2: 'loose' stands outside of a table; put it below its [table]"]


def test_a_syntax_error_keeps_its_line() -> None:
    file = TomlFile('[a]\nb = "c"\nd = [1,,]\n', "rules/x.toml")
    assert lines_of(file) == ["3"]
    assert "not TOML" in file.problems[0]
    assert list(file.tables()) == []


def test_a_file_that_ends_too_early_names_its_last_line() -> None:
    """Half of a file, as an editor may leave it."""
    file = TomlFile('[a]\nb = ["c",\n', "rules/x.toml")
    assert lines_of(file) == ["3"]


def test_nesting_that_would_exhaust_the_stack_is_a_problem_not_a_crash() -> None:
    file = TomlFile("a = " + "[" * 100_000, "rules/x.toml")
    assert len(file.problems) == 1


def test_lists_of_strings() -> None:
    file = TomlFile('[t]\nk = ["a", "a",\n "b", ""]\n', "rules/x.toml")
    assert file.strings("t", "k", file.data["t"]["k"]) == ("a", "b")
    assert file.strings("t", "k", "a") == ()
    assert file.strings("t", "k", [1]) == ()
    assert [problem.partition("t: ")[2] for problem in file.problems] == [
        "k names 'a' twice; remove one",
        "k holds ''; write strings only",
        "k must be a list of strings, not 'a'",
        "k holds 1; write strings only",
    ]
    assert lines_of(file) == ["2", "3", "2", "2"]


def test_text() -> None:
    file = TomlFile('[t]\nk = " "\n', "rules/x.toml")
    assert file.string("t", "k", "word") == "word"
    assert file.string("t", "k", " ") == ""
    assert file.string("t", "other", None) == ""
    assert lines_of(file) == ["2", "1"]
