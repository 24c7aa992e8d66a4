"""The portal's pages of held forms: the question, and what came of the answer.

``GET /f/<id>`` only shows. The one POST takes the answer to *which site did you want?*; as with tickets it
must come from the portal's own page, on the device that sent the form, with the form's token. After
"this site" the browser is sent back to the address by a ``Refresh``: a redirect from a form to another site
would be stopped by our own policy.
"""

from flask import Flask, Response, request

from sekisho.engine.held_forms import HeldForm, State
from sekisho.policy.action import HoldReason
from sekisho.portal.context import PortalContext
from sekisho.portal.respond import client, finding_of, from_our_own_page, show


def add_form_pages(app: Flask, context: PortalContext) -> None:
    """Add them to the portal."""
    forms, clock = context.forms, context.clock

    @app.get("/f/<form_id>")
    def which_site(form_id: str) -> Response:
        now = clock()
        form = forms.find(form_id, client(), now)
        if form is None:
            return show("form_gone.html", 404, why="gone")
        if form.state is not State.ASKED:
            return _after(form)
        return show(
            "form_question.html",
            200,
            finding=finding_of(form.link, form.verdict, context.rulebook()),
            form=form,
            found=form.found,
            token=forms.token(form, now),
            ask=f"/f/{form.id}/ask",
        )

    @app.post("/f/<form_id>")
    def answer(form_id: str) -> Response:
        now = clock()
        send, token = request.form.get("answer") == "this", request.form.get("token", "")
        if not from_our_own_page():
            return show("form_gone.html", 403, why="form")
        before = forms.find(form_id, client(), now)
        if before is None:
            return show("form_gone.html", 404, why="gone")
        if before.state is State.ASKED and send and forms.accepts(before, token, now):
            context.release(before)  # first, so that nothing is sent whose answer could not be kept
        form = forms.answer(form_id, token, client(), now, send=send)
        if form is None:
            return show("form_gone.html", 403, why="form")
        if form.state is State.DROPPED and before.state is State.ASKED:
            context.refuse(form)
        return _after(form)

    @app.get("/unsent")
    def unsent() -> Response:
        return show("unsent.html", 200, finding=None, ask="")

    def _after(form: HeldForm) -> Response:
        if form.state is State.DROPPED:
            return show(
                "unsent.html",
                200,
                finding=finding_of(form.link, form.verdict, context.rulebook()),
                ask=f"/f/{form.id}/ask",
            )
        if form.state is State.SENT:
            return show("form_gone.html", 410, why="sent")
        response = show("form_sending.html", 200, form=form, held=form.why is HoldReason.FORM)
        if form.why is HoldReason.FORM and form.url.isascii() and form.url.isprintable():
            response.headers["Refresh"] = f"0; url={form.url}"
        return response
