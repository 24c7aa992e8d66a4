"""PageIndex: what pages are judged by, made once of a Rulebook. Pure."""

from sekisho.page.fields import FieldWords
from sekisho.page.names import PageNames
from sekisho.rulebook.model import Rulebook


class PageIndex:
    """What pages are judged by, made once of a Rulebook. Immutable."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.rules = rulebook.page
        self.names = PageNames(rulebook)
        self.fields = FieldWords(rulebook.page.fields)
