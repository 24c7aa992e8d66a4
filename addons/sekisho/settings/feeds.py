"""The ``[feeds]`` table: which of the downloaded lists of phishing are used. Pure."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

from sekisho.settings.values import Section, several

Slugs = Annotated[tuple[str, ...], NoDecode, BeforeValidator(several)]


class FeedSettings(Section):
    """``[feeds]``: the downloaded lists of phishing. Frozen."""

    enabled: bool = True
    """False: nothing is downloaded, and no list is asked."""
    on: Slugs = ()
    """Feeds to use beside those that are on by default, as feeds.toml names them."""
    off: Slugs = ()
    """Feeds not to use."""
