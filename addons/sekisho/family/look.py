"""Look: the picture and the phrase by which a family knows that a page is its own checkpoint's.

They stand on the portal only. A fake warning page can copy everything else that we draw, but not what it
never gets to see.
"""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FamilyLook:
    """What the family chose; both may be empty."""

    phrase: str
    picture: bytes
    """JPEG."""


def read_look(state: Path) -> FamilyLook:
    """What stands in the family's `state` folder. Raises OSError or ValueError where it cannot be read."""
    try:
        told = json.loads((state / "family.json").read_text("utf-8"))
    except FileNotFoundError:
        told = {}
    try:
        picture = (state / "family.jpg").read_bytes()
    except FileNotFoundError:
        picture = b""
    phrase = told.get("phrase", "") if isinstance(told, dict) else ""
    return FamilyLook(phrase if isinstance(phrase, str) else "", picture)
