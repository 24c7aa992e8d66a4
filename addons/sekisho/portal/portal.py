"""The portal: ``sekisho.internal``, the one place where something can be decided.

The proxy answers this name itself, over http and https, and feeds each request to this WSGI app with
the device's address in ``REMOTE_ADDR``. GET only shows; its one POST opens a site, and must come from the
portal's own page, on the device that clicked, with the ticket's token, once. No script. Who is not logged in
at the desk (`desk_pages`) sees no host that the asking device did not click itself, but on the computer on
which sekisho runs.
"""

import logging
from collections.abc import Callable, Collection
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from sekisho.engine.tickets import Ticket, Tickets
from sekisho.link import host_link
from sekisho.portal.certificate import Certificate, apple_profile, qr_code, read_certificate
from sekisho.portal.desk import DeskSummary, Standing, source_rows, turned_rows
from sekisho.portal.finding import local_time
from sekisho.portal.look import FamilyLook
from sekisho.portal.page import PORTAL_ADDRESS, PORTAL_HOST, portal_headers
from sekisho.portal.render import STYLE_SOURCE
from sekisho.portal.respond import client, host_name, language, show
from sekisho.portal.warning import NO_LOOK
from sekisho.portal.warning_pages import add_warning_pages
from sekisho.rulebook.model import Rulebook

log = logging.getLogger(__name__)

GO_ON_SECONDS = 600.0
"""How long "go on" opens a site, where the caller says nothing else."""

_LARGEST_FORM = 16 * 1024


def create_portal(
    *,
    tickets: Tickets,
    go_on: Callable[[Ticket], None],
    ca_file: Callable[[], Path],
    rulebook: Callable[[], Rulebook],
    clock: Callable[[], float],
    own_hosts: Collection[str] = (),
    rules_read: Callable[[], float | None] = lambda: None,
    summary: Callable[[], DeskSummary] = DeskSummary,
    go_on_seconds: float = GO_ON_SECONDS,
    look: Callable[[], FamilyLook] = lambda: NO_LOOK,
    standing: Callable[[], Standing] = lambda: Standing.NOBODY,
) -> Flask:
    """The portal's app.

    `go_on` opens the ticket's host to the ticket's client; called once a ticket. `ca_file` names the CA's
    certificate (PEM). `clock` gives seconds since 1970 UTC. `own_hosts` are further names under which the
    proxy may be asked directly; its addresses may always. `rules_read` says when the rules were last
    read, if that is known. `summary` says how sources are and what the family must be told, `look` which
    picture and phrase the family chose; both may block. `standing` says who asks for the desk's first page.
    """
    app = Flask("sekisho.portal", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_FORM
    hosts = frozenset({PORTAL_HOST, *(host.lower() for host in own_hosts)})

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
            certificate: Certificate | None = read_certificate(ca_file())
        except (OSError, ValueError):
            certificate = None
        root = request.url_root
        return show(
            "certificate.html", 200 if certificate else 503, ca=certificate, root=root, qr=qr_code(root)
        )

    @app.get("/cert.pem")
    def certificate_pem() -> Response:
        return _download(read_certificate(ca_file()).pem, "application/x-pem-file", "sekisho-ca.pem")

    @app.get("/cert.cer")
    def certificate_der() -> Response:
        return _download(read_certificate(ca_file()).der, "application/x-x509-ca-cert", "sekisho-ca.cer")

    @app.get("/sekisho.mobileconfig")
    def certificate_apple() -> Response:
        profile = apple_profile(read_certificate(ca_file()))
        return _download(profile, "application/x-apple-aspen-config", "sekisho.mobileconfig")

    @app.get("/safe")
    def safe() -> Response:
        return show("safe.html", 200, finding=None, ticket="", choice=None)

    @app.get("/desk")
    def desk() -> Response:
        rules, read, found, who = rulebook(), rules_read(), summary(), standing()
        turned, hidden = turned_rows(found.events, client(), language(), everything=who is Standing.LOGGED_IN)
        return show(
            "desk.html",
            200,
            standing=who.value,
            active="desk",
            through=host_name(request.host) in (PORTAL_HOST, PORTAL_ADDRESS),
            brands=f"{len(rules.brands):,}",
            familiar=f"{len(rules.familiar_domains):,}",
            read=local_time(read, language()) if read is not None else "",
            now=local_time(clock(), language()),
            turned=turned,
            hidden=hidden,
            rows=source_rows(found.conditions, language()),
            waiting=found.waiting if who is Standing.LOGGED_IN else 0,
            unread=found.unread,
            asked=found.asked,
            most=found.limits.per_day if found.limits else "",
        )

    add_warning_pages(
        app,
        tickets=tickets,
        go_on=go_on,
        look=look,
        rulebook=rulebook,
        clock=clock,
        go_on_seconds=go_on_seconds,
    )
    return app


def _error(status: int) -> Response:
    return show("error.html", status, error=status)


def _download(body: bytes, content_type: str, name: str) -> Response:
    response = Response(body, 200, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
