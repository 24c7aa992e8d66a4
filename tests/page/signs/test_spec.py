"""Specs: every sign that has a weight is looked for, and none is weighed twice."""

from sekisho.page.signs import SIGNS, Role, signs_with
from sekisho.rulebook.page_rules import UNWEIGHED
from sekisho.verdict import PageSign


def test_every_sign_with_a_weight_is_found_in_the_folder() -> None:
    """A weight that no file looks for would count for nothing."""
    found = [sign for spec in SIGNS for sign in spec.roles]
    assert len(set(found)) == len(found)
    assert set(PageSign) - UNWEIGHED - set(found) == {PageSign.PRESSURE}, "judged by itself"
    assert [spec.place for spec in SIGNS] == sorted({spec.place for spec in SIGNS})


def test_roles() -> None:
    assert signs_with(Role.OUTRIGHT) == {PageSign.TITLE, PageSign.SITE_NAME, PageSign.ADDRESS}
    assert signs_with(Role.HEAD) == {PageSign.HEADING, PageSign.PICTURE}
    assert signs_with(Role.TOPIC) <= {
        PageSign.TITLE_WORD,
        PageSign.AUTHOR,
        PageSign.HEADING_WORD,
        PageSign.TEXT,
    }
    assert not signs_with(Role.NAMES) & {PageSign.LINKS, PageSign.ASSETS, PageSign.ICON, PageSign.ADDRESS}
