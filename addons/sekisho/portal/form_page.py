"""The form page: served in the place of the site's response; it says what was about to be sent.

It is served on the site's own origin, so it carries links only; the question is asked at the portal.
"""

from sekisho.engine.held_forms import HeldForm
from sekisho.portal.finding import find
from sekisho.portal.page import Page, blocked_origin_headers, portal_root
from sekisho.portal.render import STYLE_SOURCE, render
from sekisho.rulebook.model import Brand


def form_page(
    form: HeldForm, *, brand: Brand | None, language: str, more: str, status: int = 403, ask: str = ""
) -> Page:
    """What would be sent, to whom, the real site, and the way to the question.

    `brand` is the one that the verdict names, `more` the portal's page of this form, `ask` the portal's
    page on which the family is asked, or empty where there is none.
    """
    html = render(
        "form.html",
        language,
        finding=find(form.link, form.verdict, brand, language),
        form=form,
        found=form.found,
        plain=form.link.scheme in ("http", "ws"),
        more=more,
        ask=ask,
        unsent=f"{portal_root(form.link.scheme)}/unsent",
    )
    return Page(status, blocked_origin_headers(language, STYLE_SOURCE, clear=False), html.encode())
