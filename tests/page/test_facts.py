from sekisho.page.facts import Field, PageFacts
from sekisho.verdict import Secret


def test_the_worst_secret_is_told_first_and_once() -> None:
    """The warning says what the page is after; "a mail address" would hide the card number."""
    fields = tuple(Field(secret, "") for secret in (Secret.IDENTITY, Secret.CARD, Secret.IDENTITY))
    assert PageFacts(fields=fields).asks == (Secret.CARD, Secret.IDENTITY)
