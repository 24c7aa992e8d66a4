"""A page and its icon meet in either order, for as long as they are known."""

from sekisho.engine.page_icons import ICONS_KEPT_FOR, PageIcons, Waiting
from sekisho.engine.read_pages import KEPT_FOR
from sekisho.link import host_link
from sekisho.page.standing import Standing

NOW = 1_800_000_000.0
ICON = ("tanaka-tofu-ten.jp", "/favicon.ico")
STANDING = Standing({}, "", (), cut=False, framed=False, unnamed=False, first_step=False)


def page(path: str = "/login?x=1", host: str = "tanaka-tofu-ten.jp") -> Waiting:
    return Waiting((host_link(host),), path, (), STANDING)


def test_the_page_first() -> None:
    icons = PageIcons()
    assert not icons.is_named(ICON)
    assert icons.note_page(page(), (ICON,), NOW) == ()
    assert icons.is_named(ICON)
    assert icons.note_icon(("other.jp", "/favicon.ico"), "paypal", NOW) == ()
    assert icons.note_icon(ICON, "paypal", NOW + 1) == (page(),)
    assert icons.note_icon(ICON, "paypal", NOW + KEPT_FOR) == ()


def test_the_icon_first() -> None:
    icons = PageIcons()
    icons.note_icon(ICON, "paypal", NOW)
    assert icons.note_page(page(), (ICON, ICON), NOW + 1) == ("paypal",)
    assert icons.note_page(page(), (("x.jp", "/a.png"),), NOW + 1) == ()
    assert icons.note_page(page(), (ICON,), NOW + ICONS_KEPT_FOR) == ()


def test_a_page_that_is_read_again_names_what_it_names_now() -> None:
    icons = PageIcons()
    icons.note_page(page(), (ICON,), NOW)
    icons.note_page(page("/login?x=2"), (("x.jp", "/a.png"),), NOW)
    assert not icons.is_named(ICON)
    assert icons.note_icon(("x.jp", "/a.png"), "paypal", NOW) == (page("/login?x=2"),)


def test_it_holds_a_bounded_number() -> None:
    icons = PageIcons()
    for number in range(1_200):
        host = f"h{number}.example"
        icons.note_page(page(host=host), tuple((host, f"/{n}.ico") for n in range(9)), NOW)
        icons.note_icon((host, "/0.ico"), "paypal", NOW)
    assert (len(icons._pages), len(icons._icons), len(icons._named)) == (500, 500, 2_500)
    assert icons.is_named(("h1199.example", "/4.ico"))
    assert not icons.is_named(("h1199.example", "/5.ico"))
    assert not icons.is_named(("h0.example", "/0.ico"))
