"""page.toml: a weight or a word that is misspelled would switch a sign off without a word."""

import pytest

from sekisho.rulebook import rules_folder
from sekisho.rulebook.load import load_rulebook
from sekisho.rulebook.page_rules import UNWEIGHED, parse_page
from sekisho.verdict import PageSign, Secret

TEXT = (rules_folder() / "page.toml").read_text("utf-8")


def test_the_projects_own_rules_weigh_every_sign_and_name_known_brands() -> None:
    rules, problems = parse_page(TEXT, "rules/page.toml")
    assert not problems
    assert set(rules.weights) == set(PageSign) - UNWEIGHED
    assert all(rules.fields[secret] for secret in Secret if secret is not Secret.OTHER)
    brands = load_rulebook().brands
    named = rules.self_hosted | rules.support_brands | rules.phrases.keys() | set(rules.icons.values())
    assert sorted(named - brands.keys()) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title = 5 ", 'title = "5" ', "weights: title must be a number, 0 or more, not '5'"),
        ("title = 5 ", "titel = 5 ", "weights: unknown key 'titel'"),
        ("icon = 5 ", "icon = -5 ", "weights: icon must be a number, 0 or more, not -5"),
        ('"using {}"', '"using"', "borrowed: 'using': write {} once"),
        ("\n[alarm]\n", "\n[alarms]\n", "alarms: unknown table; page.toml has [levels]"),
        ('"private key"', '"Private key"', "fields: 'Private key': write it in lower case"),
        ("[icons]\n", '[icons]\nvisa = ["abc"]\n', "icons: 'abc': write sha256: and 64 characters"),
        (
            "[icons]\n",
            f'[icons]\nvisa = ["md5:{"0" * 32}"]\njcb = ["md5:{"0" * 32}"]\n',
            "belongs to visa already",
        ),
        ("caution = 4", "caution = 40", "levels: warn must not be below caution"),
    ],
)
def test_a_mistake_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    _, problems = parse_page(TEXT.replace(old, new, 1), "rules/page.toml")
    assert any(problem in found and found.startswith("rules/page.toml:") for found in problems), problems
