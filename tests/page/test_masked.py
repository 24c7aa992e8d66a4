"""A password in a field that is called q17 is a password all the same."""

from hypothesis import given
from hypothesis import strategies as st

from sekisho.page.masked import password_fields


def test_the_names_of_fields_that_a_page_masks() -> None:
    html = "<form><input name=user><input class=x type='password' name=\"f_17\"><INPUT NAME=k TYPE=PASSWORD></form>"
    assert password_fields(html) == {"f_17", "k"}


def test_a_page_of_a_thousand_masked_fields_gives_a_few() -> None:
    html = "".join(f"<input type=password name=f{number}>" for number in range(1_000))
    assert len(password_fields(html)) == 50


@given(st.text(alphabet="<input type=password name='\" f0>/\n", max_size=200))
def test_any_text_is_read(html: str) -> None:
    assert all(len(name) <= 200 for name in password_fields(html))
