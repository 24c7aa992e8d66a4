from sekisho.page import PageIndex
from sekisho.page.facts import PageFacts
from sekisho.page.reading import MOST, read_page
from sekisho.verdict import PageSign, Secret

PAGE = """<!-- saved from url=(0021)https://saved.example/x -->
<html><head><title> Sign in
 | Example </title><meta property="og:site_name" content="Example Shop"><meta name="author" content="Somebody">
<link rel="canonical" href="https://Real.Example/login"><link rel="shortcut icon" href="//icons.example/f.ico">
<link rel="stylesheet" href="https://css.example/a.css"><script>var t = "secret words";</script></head><body>
<h1>Welcome</h1><img src="https://img.example/l.png" alt="Example logo"><svg><title>drawn</title></svg>
<p>Pay<span style="display:none">xyz</span>ments <a href="https://other.example/">help</a></p>
<form action="https://collect.example/p.php"><table><tr><td>暗証番号</td><td><input name="f1"></td></tr></table>
<label for="u">Mail</label><input id="u" name="x"><input type="password" name="y"><input type="submit" value="Go on">
</form><footer>Copyright © 2020-2026 Example, Inc. All rights reserved. Call 0120-123-456</footer></body></html>"""


def read(index: PageIndex, page: str) -> PageFacts:
    return read_page(page, index.fields)


def test_everything_by_which_a_page_tells_who_it_is(index: PageIndex) -> None:
    facts = read(index, PAGE)
    assert facts.title == "Sign in | Example"
    assert (facts.site_names, facts.authors) == (("Example Shop",), ("Somebody",))
    assert facts.addresses == ("real.example", "saved.example")
    assert facts.icons == ("icons.example",)
    assert facts.icon_links == ("//icons.example/f.ico",)
    assert facts.assets == ("css.example", "img.example")
    assert (facts.headings, facts.own[PageSign.PICTURE], facts.links) == (
        ("Welcome",),
        ("Example logo",),
        ("other.example",),
    )
    assert facts.copyrights[0].startswith("Copyright © 2020-2026 Example, Inc.")
    assert facts.telephones == ("0120-123-456",)
    assert facts.near_form.endswith("Go on")
    assert "Payments" in facts.text, "letters that nobody sees do not part a name"
    assert "secret words" not in facts.text


def test_fields_are_told_by_what_stands_beside_them(index: PageIndex) -> None:
    facts = read(index, PAGE)
    assert facts.asks == (Secret.BANK, Secret.PASSWORD, Secret.IDENTITY)


def test_a_field_in_a_script_counts(index: PageIndex) -> None:
    facts = read(
        index, "<script>document.write('\\x3cform\\x3e\\x3cinput type=password\\x3e\\x3c/form\\x3e')</script>"
    )
    assert facts.asks == (Secret.PASSWORD,)


def test_a_crowd_of_fields_does_not_hide_the_password(index: PageIndex) -> None:
    facts = read(index, "<form>" + "<input name=a>" * 5000 + "<input type=PASSWORD></form>")
    assert Secret.PASSWORD in facts.asks
    assert len(facts.fields) <= MOST


def test_a_page_of_nothing_but_an_encoded_text_is_opaque(index: PageIndex) -> None:
    script = f"<script>document.write(dec('{'Zm9vYmFy' * 400}'))</script>"
    assert read(index, script).opaque
    assert not read(index, f"<p>{'words ' * 100}</p>{script}").opaque


def test_what_is_no_page_has_no_facts(index: PageIndex) -> None:
    for text in ("", "\x00", "<", "<title>", "\ud800", "<input"):
        assert not read(index, text).fields


def test_an_icon_comes_from_where_the_page_says_that_its_base_is(index: PageIndex) -> None:
    page = "<base href='https://www.brand.example/a/'><link rel=icon href=i.ico><input type=password>"
    facts = read_page(page, index.fields)
    assert (facts.icons, facts.icon_links) == (("www.brand.example",), ("https://www.brand.example/a/i.ico",))


def test_the_first_line_of_page_and_form(index: PageIndex) -> None:
    form = "<form><b>Log in</b><i>now</i><input type=password></form>"
    assert read_page(f"<div>Bank</div><p>of</p>{form}", index.fields).first_lines == ("Bank", "Log in")
    assert read_page(f"<p>{'word ' * 30}</p>{form}", index.fields).first_lines == ("Log in",)
    assert read_page(f"<p>{'word ' * 30}</p><p>Bank</p>{form}", index.fields).first_lines == (
        "Bank",
        "Log in",
    )
