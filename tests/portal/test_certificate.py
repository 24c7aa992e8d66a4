"""Certificates: a device can install ours, compare it, and never gets the key."""

import hashlib
import plistlib
from pathlib import Path

import pytest
from cryptography import x509

from sekisho.portal.certificate import apple_profile, qr_code, read_certificate


def test_the_private_key_stays_home_even_if_it_lies_in_the_same_file(ca_file: Path) -> None:
    found = read_certificate(ca_file)
    assert b"PRIVATE" in ca_file.read_bytes()
    assert b"PRIVATE" not in found.pem
    assert x509.load_pem_x509_certificates(found.pem) == [x509.load_der_x509_certificate(found.der)]


def test_the_fingerprint_is_the_one_that_devices_show(ca_file: Path) -> None:
    found = read_certificate(ca_file)
    assert found.fingerprint.replace(":", "").lower() == hashlib.sha256(found.der).hexdigest()
    assert found.name == "sekisho of the test's home"


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_a_broken_file_is_a_value_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        read_certificate(path)


def test_an_iphone_can_read_the_profile(ca_file: Path) -> None:
    found = read_certificate(ca_file)
    profile = plistlib.loads(apple_profile(found))
    [payload] = profile["PayloadContent"]
    assert profile["PayloadType"] == "Configuration"
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == found.der
    assert profile["PayloadUUID"] != payload["PayloadUUID"]


def test_downloading_twice_replaces_the_first(ca_file: Path) -> None:
    assert apple_profile(read_certificate(ca_file)) == apple_profile(read_certificate(ca_file))


def test_the_qr_code_is_a_picture_inside_the_page_that_needs_no_style() -> None:
    svg = qr_code("http://sekisho.internal/")
    assert svg.startswith("<svg ")
    assert "style=" not in svg
    assert "<script" not in svg
