"""Desk login: first set-up, log-in, log-out, and the guard before every other page.

The guard applies to every page: a page that is added to the desk needs a log-in, and a form of it does nothing
without the token of the session that it was shown to. Before the log-in there is no session,
so its forms are bound to a cookie of their own; else another site could log the family in as somebody else.
"""

import logging
import secrets
from threading import Lock
from typing import Any

from flask import Blueprint, Response, g, request
from itsdangerous import BadSignature, Signer

from sekisho.link import is_loopback
from sekisho.portal.context import DeskContext
from sekisho.portal.desk import Standing
from sekisho.portal.family_mark import LARGEST_UPLOAD
from sekisho.portal.language import LANGUAGES
from sekisho.portal.login import IDLE_SECONDS, LoginThrottle, Sessions
from sekisho.portal.password import (
    LEAST,
    PasswordError,
    has_password,
    is_password,
    mark_of,
    set_password,
)
from sekisho.portal.respond import LANGUAGE_COOKIE, client, from_our_own_page, show

logger = logging.getLogger(__name__)

ROOT = "/desk"
PAGES = frozenset({"asks", "decisions", "people", "look", "notify", "account"})
"""Where a log-in may lead on to; nothing else a browser names is ever followed."""
_OPEN = frozenset({"desk.start", "desk.first_password", "desk.login", "desk.log_in"})
_COOKIE, _FORM_COOKIE = "sekisho-desk", "sekisho-desk-form"
_LANGUAGE_SECONDS = 365 * 86_400
_FORM_BYTES = 16 * 1024
_FORM_SECONDS = 43_200


class DeskLogin:
    """Who is logged in at the desk. One for each portal."""

    def __init__(self, context: DeskContext) -> None:
        self.context = context
        self.sessions = Sessions(context.state, lambda: mark_of(context.state))
        self.throttle = LoginThrottle()
        self._one_at_a_time = Lock()

    def standing(self) -> Standing:
        """Of whoever sent this request. Raises PasswordError."""
        if self.sessions.is_open(_cookie(_COOKIE), self.context.clock()):
            return Standing.LOGGED_IN
        return Standing.LOGGED_OUT if has_password(self.context.state) else Standing.NEW

    def standing_or_logged_out(self) -> Standing:
        """The same, where a page is shown either way: of whom nothing can be known is logged out."""
        try:
            return self.standing()
        except PasswordError as error:
            logger.error("%s", error)
            return Standing.LOGGED_OUT

    def is_password(self, given: str) -> bool:
        """One at a time: each takes 64 MiB. Raises PasswordError."""
        with self._one_at_a_time:
            return is_password(self.context.state, given)


def desk_blueprint(desk_login: DeskLogin) -> Blueprint:
    """The desk's pages before and around the log-in; whoever adds pages adds them to this."""
    desk = Blueprint("desk", __name__, url_prefix=ROOT)

    @desk.before_request
    def guard() -> Response | None:
        g.standing, g.form_key = Standing.LOGGED_OUT, ""
        posted = request.method not in ("GET", "HEAD", "OPTIONS")
        if request.endpoint in _OPEN:
            g.form_key = _cookie(_FORM_COOKIE) or secrets.token_urlsafe(24)
            if posted and not (_cookie(_FORM_COOKIE) and _came_from_us()):
                return _not_ours()
            page = "login" if has_password(desk_login.context.state) else "start"
            if request.path != f"{ROOT}/{page}":
                return _to(page)
            wait = desk_login.throttle.begin(client(), desk_login.context.clock()) if posted else 0.0
            return _wait(wait) if wait else None
        g.standing = desk_login.standing()
        if g.standing is Standing.NEW:
            return _to("start")
        if g.standing is not Standing.LOGGED_IN:
            if posted:
                return show_desk("desk_refused.html", 403, why="login")
            page = request.path.removeprefix(f"{ROOT}/")
            return _to(f"login?next={page}" if page in PAGES else "login")
        g.form_key = _cookie(_COOKIE)
        if request.endpoint == "desk.change_look":
            request.max_content_length = LARGEST_UPLOAD + _FORM_BYTES
        return _not_ours() if posted and not _came_from_us() else None

    @desk.after_request
    def keep_form_cookie(response: Response) -> Response:
        if request.endpoint in _OPEN and g.get("form_key") and g.form_key != _cookie(_FORM_COOKIE):
            _set_cookie(response, _FORM_COOKIE, g.form_key, _FORM_SECONDS)
        return response

    @desk.errorhandler(PasswordError)
    def password_unreadable(error: PasswordError) -> Response:
        logger.error("%s", error)
        return show_desk("desk_refused.html", 503, why="unreadable", detail=str(error))

    @desk.get("/start")
    def start(status: int = 200, wrong: str = "") -> Response:
        code = bool(desk_login.context.set_up.code)
        return show_desk("desk_start.html", status, code=code, wrong=wrong, least=LEAST)

    @desk.post("/start")
    def first_password() -> Response:
        form = request.form
        password = form.get("password", "")
        wrong = "" if password == form.get("again") else "unlike"
        try:
            if not wrong and not desk_login.context.set_up.use(
                form.get("code", ""), lambda: set_password(desk_login.context.state, password)
            ):
                wrong = "code"
        except ValueError:
            wrong = "length"
        if wrong:
            return start(403, wrong)
        logger.warning("the family's password was set at the desk, by %s", client())
        return _welcome(desk_login, "")

    @desk.get("/login")
    def login() -> Response:
        return show_desk("desk_login.html", 200, next=_next(request.args), wrong=False)

    @desk.post("/login")
    def log_in() -> Response:
        if not desk_login.is_password(request.form.get("password", "")):
            logger.warning("a wrong password at the desk, from %s", client())
            return show_desk("desk_login.html", 403, next=_next(request.form), wrong=True)
        return _welcome(desk_login, _next(request.form))

    @desk.get("/account")
    def account() -> Response:
        return show_desk("desk_account.html", 200)

    @desk.post("/logout")
    def log_out() -> Response:
        if request.form.get("everywhere"):
            desk_login.sessions.end_all()
        else:
            desk_login.sessions.end(_cookie(_COOKIE))
        response = _to("login")
        _set_cookie(response, _COOKIE, "", 0)
        return response

    @desk.post("/language")
    def choose_language() -> Response:
        chosen = request.form.get("language", "")
        response = _to("account")
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen,
                _LANGUAGE_SECONDS,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        else:
            response.delete_cookie(LANGUAGE_COOKIE)
        return response

    return desk


def show_desk(template: str, status: int, **values: Any) -> Response:
    """A page of the desk, with what all of them need: its token, where it stands, what was done or went wrong."""
    active = request.path.removeprefix(f"{ROOT}/").partition("/")[0]
    # Between this computer and itself nothing can be overheard.
    plain = "" if request.is_secure or is_loopback(client()) else f"https://{request.host}{request.path}"
    shown = {
        "plain": plain,
        "done": request.args.get("done", "")[:20],
        "problem": "",
        "why": "",
        "against": "",
        "detail": "",
        **values,
    }
    return show(template, status, token=_token(), standing=g.standing.value, active=active, **shown)


def done(page: str, what: str) -> Response:
    """To a page of the desk, which then says what was done."""
    return _to(f"{page}?done={what}")


def _to(page: str) -> Response:
    return Response("", 303, headers=[("Location", f"{ROOT}/{page}" if page else ROOT)])


def _next(values: Any) -> str:
    page = str(values.get("next", ""))
    return page if page in PAGES else ""


def _welcome(desk_login: DeskLogin, page: str) -> Response:
    """A new session, whatever the browser brought along."""
    desk_login.throttle.right(client())
    desk_login.sessions.end(_cookie(_COOKIE))
    response = _to(page)
    _set_cookie(response, _COOKIE, desk_login.sessions.begin(desk_login.context.clock()), int(IDLE_SECONDS))
    _set_cookie(response, _FORM_COOKIE, "", 0)
    g.form_key = ""
    return response


def _wait(seconds: float) -> Response:
    whole = int(seconds) + 1
    response = show_desk("desk_refused.html", 429, why="wait", seconds=whole)
    response.headers["Retry-After"] = str(whole)
    return response


def _not_ours() -> Response:
    return show_desk("desk_refused.html", 403, why="form")


def _came_from_us() -> bool:
    """A form of ours, shown to this session, and sent from our own page."""
    # Every browser of today says one of the two with a form; who says neither is no browser of the family.
    origin = request.headers.get("Origin") or request.headers.get("Sec-Fetch-Site")
    if not origin or not from_our_own_page() or not g.form_key:
        return False
    try:
        return _signer().unsign(request.form.get("token", "")) == b"form"
    except BadSignature:
        return False


def _token() -> str:
    return _signer().sign("form").decode() if g.form_key else ""


def _signer() -> Signer:
    return Signer(g.form_key, salt="desk form")


def _cookie_name(name: str) -> str:
    # With this prefix a browser takes the cookie over https only, and from this very host only.
    return f"__Host-{name}" if request.is_secure else name


def _cookie(name: str) -> str:
    return request.cookies.get(_cookie_name(name), "")[:200]


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie_name(name),
        value,
        seconds,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
