"""An open proxy on the internet is found and abused within hours."""

import pytest
from mitmproxy.test import tflow

from sekisho.proxy.clients import Clients


@pytest.mark.parametrize(
    ("address", "refused"),
    [("127.0.0.1", False), ("192.168.1.20", False), ("::ffff:10.0.0.5", False), ("fe80::1%eth0", False),
     ("8.8.8.8", True), ("::ffff:8.8.8.8", True), ("2606:4700::1", True)],
)  # fmt: skip
def test_strangers_are_refused_before_a_byte_is_read(address: str, refused: bool) -> None:
    client = tflow.tclient_conn()
    client.peername = (address, 5000)
    client.error = None
    Clients().client_connected(client)
    assert bool(client.error) is refused
