"""The certificate authority's certificate, in the forms that devices install.

The file is parsed and written anew, never sent as it is on the disk: where it is a file that
also holds the private key, the key is not sent.
"""

import plistlib
from dataclasses import dataclass
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import segno
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate, public part only."""

    der: bytes
    pem: bytes
    fingerprint: str
    """SHA-256 of the DER form, 32 pairs of hexadecimal digits between colons, as devices show it."""
    name: str
    """Common name, as it stands in a device's list."""
    expires: str
    """Day until which it is good: ``2036-11-21``."""


def read_certificate(path: Path) -> Certificate:
    """The first certificate of a PEM file. Raises OSError or ValueError where there is none."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return Certificate(
        der=certificate.public_bytes(Encoding.DER),
        pem=certificate.public_bytes(Encoding.PEM),
        fingerprint=certificate.fingerprint(SHA256()).hex(":").upper(),
        name=str(names[0].value) if names else "",
        expires=certificate.not_valid_after_utc.date().isoformat(),
    )


def apple_profile(certificate: Certificate) -> bytes:
    """A configuration profile that offers the certificate to an iPhone, iPad or Mac (unsigned).

    The same certificate gives the same identifiers, so a second download replaces the first.
    """
    inner = str(uuid5(NAMESPACE_URL, f"urn:sekisho:ca:{certificate.fingerprint}")).upper()
    outer = str(uuid5(NAMESPACE_URL, f"urn:sekisho:profile:{certificate.fingerprint}")).upper()
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": "internal.sekisho.profile",
            "PayloadUUID": outer,
            "PayloadDisplayName": "sekisho",
            "PayloadDescription": "Lets sekisho show its warning pages on this device.",
            "PayloadRemovalDisallowed": False,
            "PayloadContent": [
                {
                    "PayloadType": "com.apple.security.root",
                    "PayloadVersion": 1,
                    "PayloadIdentifier": "internal.sekisho.ca",
                    "PayloadUUID": inner,
                    "PayloadDisplayName": certificate.name or "sekisho",
                    "PayloadCertificateFileName": "sekisho-ca.cer",
                    "PayloadContent": certificate.der,
                }
            ],
        }
    )


def qr_code(address: str) -> Markup:
    """The address as an inline SVG picture, sized by the style sheet."""
    code = segno.make(address, error="m")
    return Markup(code.svg_inline(border=4, omitsize=True))  # noqa: S704 - drawn by segno from modules only
