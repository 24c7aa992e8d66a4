"""The desk's port may be open to the household; the proxy behind it must not be."""

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from sekisho.proxy.desk_port import DeskPort
from sekisho.settings import DeskSettings


def flow_to(host: str, port: int, *, by: int) -> http.HTTPFlow:
    client = tflow.tclient_conn()
    client.peername, client.sockname = ("192.168.1.20", 5000), ("192.168.1.2", by)
    request = tutils.treq(host=host, port=port, scheme=b"https", authority=b"", path=b"/desk")
    request.headers["host"] = f"{host}:{port}"
    return tflow.tflow(client_conn=client, req=request)


@pytest.mark.parametrize(
    ("host", "port", "by", "refused"),
    [
        ("192.168.1.2", 8443, 8443, False),
        ("sekisho.internal", 443, 8443, False),
        ("192.168.1.2", 8080, 8443, True),
        ("192.168.1.1", 80, 8443, True),
        ("example.com", 443, 8443, True),
        ("example.com", 443, 8080, False),
    ],
)
def test_only_the_portal_is_reached_by_it(host: str, port: int, by: int, refused: bool) -> None:
    flow = flow_to(host, port, by=by)
    DeskPort(DeskSettings(port=8443)).requestheaders(flow)
    assert bool(flow.response) is refused
    if flow.response:
        assert flow.response.status_code == 421
        assert "https://192.168.1.2:8443/desk" in (flow.response.text or "")


@pytest.mark.parametrize(("by", "refused"), [(8443, True), (8080, False)])
def test_there_is_no_tunnel_through_it(by: int, refused: bool) -> None:
    flow = flow_to("sekisho.internal", 443, by=by)
    DeskPort(DeskSettings(port=8443)).http_connect(flow)
    assert bool(flow.response) is refused


def test_without_such_a_port_nothing_is_refused() -> None:
    flow = flow_to("example.com", 443, by=8443)
    DeskPort(DeskSettings()).requestheaders(flow)
    assert flow.response is None
