"""The portal: ``sekisho.internal``, the only pages on which something can be decided.

The proxy answers this name itself, over http and https, and feeds each request to this WSGI app with
the device's address in ``REMOTE_ADDR``. GET changes nothing; its one POST opens a site, and must come from
the portal's own page, on the device that clicked, with the ticket's token, once. No script. Without a log-in at
the desk (`desk_pages`) a device sees only hosts that it clicked itself, except on the computer on which sekisho
runs.
"""

import logging
from collections.abc import Callable, Mapping
from operator import attrgetter

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from sekisho.link import host_link
from sekisho.portal.aftercare_pages import add_aftercare_pages
from sekisho.portal.ask_pages import add_ask_pages
from sekisho.portal.certificate import Certificate, apple_profile, qr_code, read_certificate
from sekisho.portal.context import PortalContext
from sekisho.portal.desk import Standing, turned_rows
from sekisho.portal.desk_login import DeskLogin, desk_blueprint
from sekisho.portal.desk_pages import add_desk_pages
from sekisho.portal.form_pages import add_form_pages
from sekisho.portal.page import PORTAL_ADDRESS, PORTAL_HOST, portal_headers
from sekisho.portal.render import STYLE_SOURCE
from sekisho.portal.respond import client, host_name, language, show
from sekisho.portal.warning_pages import add_warning_pages

log = logging.getLogger(__name__)

_LARGEST_FORM = 16 * 1024
_CERTIFICATE_FILES: Mapping[str, tuple[str, str, Callable[[Certificate], bytes]]] = {
    "cert.pem": ("application/x-pem-file", "sekisho-ca.pem", attrgetter("pem")),
    "cert.cer": ("application/x-x509-ca-cert", "sekisho-ca.cer", attrgetter("der")),
    "sekisho.mobileconfig": ("application/x-apple-aspen-config", "sekisho.mobileconfig", apple_profile),
}
"""Path → content type, the name under which it is saved, and what it is made of a certificate by."""


def create_portal(context: PortalContext) -> Flask:
    """The portal's app with all of its pages."""
    app = Flask("sekisho.portal", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    desk_login = DeskLogin(context.desk) if context.desk else None
    hosts = frozenset({PORTAL_HOST, *(host.lower() for host in context.own_hosts)})

    @app.before_request
    def check_host() -> Response | None:
        # A page elsewhere whose name was pointed at the proxy's address (DNS rebinding) brings its own name.
        # A bare address cannot be pointed anywhere, and the proxy hands over none but its own.
        name = host_name(request.host)
        return None if name in hosts or host_link(name).is_address else _error(421)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in portal_headers(language(), STYLE_SOURCE):
            if name != "Content-Type":
                response.headers[name] = value
        return response

    @app.errorhandler(HTTPException)
    def known_error(error: HTTPException) -> Response:
        answer = _error(error.code or 500)
        for name, value in error.get_headers():
            if name == "Allow":
                answer.headers[name] = value
        return answer

    @app.errorhandler(Exception)
    def unknown_error(error: Exception) -> Response:
        log.error("the portal could not answer %s", request.endpoint, exc_info=error)
        return _error(500)

    @app.get("/")
    def certificate_page() -> Response:
        try:
            certificate: Certificate | None = read_certificate(context.ca_file())
        except (OSError, ValueError):
            certificate = None
        root = request.url_root
        return show(
            "certificate.html", 200 if certificate else 503, ca=certificate, root=root, qr=qr_code(root)
        )

    @app.get("/<any('cert.pem', 'cert.cer', 'sekisho.mobileconfig'):path>")
    def certificate_file(path: str) -> Response:
        content_type, name, content = _CERTIFICATE_FILES[path]
        saved = {"Content-Disposition": f'attachment; filename="{name}"'}
        body = content(read_certificate(context.ca_file()))
        return Response(body, 200, saved, content_type=content_type)

    @app.get("/safe")
    def safe() -> Response:
        return show("safe.html", 200, finding=None, ticket="", choice=None)

    @app.get("/desk")
    def desk() -> Response:
        found = context.summary()
        who = desk_login.standing_or_logged_out() if desk_login else Standing.NOBODY
        turned, hidden = turned_rows(found.events, client(), language(), everything=who is Standing.LOGGED_IN)
        return show(
            "desk.html",
            200,
            standing=who.value,
            active="desk",
            through=host_name(request.host) in (PORTAL_HOST, PORTAL_ADDRESS),
            rules=context.rulebook(),
            read=context.rules_read(),
            now=context.clock(),
            turned=turned,
            hidden=hidden,
            here=client(),
            rows=[condition for condition in found.conditions if not condition.is_spare],
            waiting=found.waiting if who is Standing.LOGGED_IN else 0,
            summary=found,
        )

    for add_pages in (add_warning_pages, add_aftercare_pages, add_ask_pages, add_form_pages):
        add_pages(app, context)
    if context.desk and desk_login:
        blueprint = desk_blueprint(desk_login)
        add_desk_pages(blueprint, context.desk)
        app.register_blueprint(blueprint)
    return app


def _error(status: int) -> Response:
    return show("error.html", status, error=status)
