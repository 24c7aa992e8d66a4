"""Reason, Trick, Circumstance, Secret, PageSign, LetterKind: each with what it is and the sentence that people read.

The one list of what can be found out about a link or a page. A member's value stands in the store and in JSON and
never changes. Its sentence is a message of the gettext catalogue in ``findings/translations``, English in itself;
`sekisho.findings.wording` says which sentence tells one Evidence. Pure: no imports of sekisho.
"""

from enum import StrEnum
from typing import Self


def later(message: str) -> str:
    """The message itself; marks it for the catalogue where it stands in a table (gettext's ``N_``)."""
    return message


class Worded(StrEnum):
    """A word of the store and of JSON, with what people read."""

    _value_: str
    sentence: str
    """A message of the catalogue."""
    detail: str
    """The same in English for logs and the terminal; a format where ``{}`` stands in it."""

    def __new__(cls, value: str, sentence: str = "", detail: str = "") -> Self:
        """The member with its sentences; empty where nobody reads one."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        member.detail = detail
        return member


class Reason(Worded):
    """Why a check spoke. The sentence stands on pages, `message` in what is sent to the family."""

    FAMILY_BLOCK = "family-block", later("Your family blocked this name.")
    """The family blocked it: a decision, or a line of a blocklist.txt."""
    FAMILY_ALLOW = "family-allow"
    """The family allowed it: a decision, or a line of an allowlist.txt."""
    GO_ON = "go-on", later("A short time ago you chose to open it on this device.")
    """The person at this device chose to go on, a few minutes ago."""
    FAMILIAR = "familiar"
    """A domain of rules/familiar.txt."""
    OFFICIAL = "official"
    """A domain that a brand of rules/brands.toml owns."""
    LOOKALIKE = "lookalike", later("The name resembles a well-known one.")
    """The host imitates a brand."""
    CIRCUMSTANCE = "circumstance", later("The name has a sign that is common in fraud.")
    """Something about the name that phishing shares: an address, a cheap suffix, random letters."""
    UNREADABLE = "unreadable", later("The name is not one that a browser could open.")
    """The host cannot be read as a browser would read it."""
    FEED = "feed", later("A published list names it among the sites that deceive people.")
    """A downloaded list of phishing names it."""
    VIRUSTOTAL = "virustotal", later("Security companies call it dangerous (VirusTotal).")
    """Engines of VirusTotal hold it to be malicious."""
    NEW_NAME = "new-name", later("Its name was registered only a short time ago.")
    """The domain was registered a few days ago."""
    UNCHECKED = "unchecked", later("Not everything about it could be checked just now. Please be careful.")
    """A source that should have been asked did not answer in time."""
    HOUSEHOLD = "household", later("Your family used it on several days, and nothing bad was found.")
    """Visited on several days and clean each time that it was looked at again."""
    HOME_NETWORK = "home-network", later("The address lies in this computer or in the home network.")
    """The host leads into this computer or the home network."""
    FORM = "form"
    """A form with a secret was about to be sent; only in what the family is asked."""
    PAGE = "page", later("This was found on the page itself.")
    """What the page itself shows and asks for."""


class Trick(Worded):
    """One way to imitate a brand; the sentence stands on pages, `detail` on the terminal."""

    SKELETON = (
        "skeleton",
        later("Letters that look the same stand in for the real ones."),
        "letters that look like others",
    )
    """Letters of other scripts that look the same: аpple (Cyrillic а)."""
    LEET = (
        "leet",
        later("Digits or other letters stand in for the real ones."),
        "digits or letter pairs in place of letters",
    )
    """Digits or letter pairs in place of letters: micr0s0ft, rnicrosoft."""
    EMBEDDING = (
        "embedding",
        later("The real address is written inside the name of another site."),
        "the real address spelled out inside another",
    )
    """The official domain spelled out inside another: www-amazon-co-jp.example."""
    FAKE_SUFFIX = (
        "fake-suffix",
        later("An ending such as “co-jp” is written where it is not the real ending."),
        "the ending of another address where it is none",
    )
    """`co-jp` and the like where it is not the suffix."""
    BRAND_TOKEN = (
        "brand-token",
        later("A well-known name stands in the name of a site that does not belong to it."),
        "the name in an address that its owner does not own",
    )
    """The brand's name between dots and dashes of a host that it does not own."""
    TYPO = (
        "typo",
        later("The name differs from a well-known one by a single letter."),
        "a letter added, dropped, changed or swapped",
    )
    """One letter added, dropped, changed or swapped."""
    COMBOSQUAT = (
        "combosquat",
        later("A well-known name is run together with other words."),
        "the name run together with other words",
    )
    """The brand's name run together with other words: paypalsecure."""
    MANGLED = (
        "mangled",
        later("The letters of a well-known name are shuffled or have others between them."),
        "the letters scrambled, or with others between them",
    )
    """The brand's letters scrambled or with noise between them: anazno."""
    MIXED_SCRIPT = (
        "mixed-script",
        later("The name mixes letters that no language mixes."),
        "scripts that no language mixes",
    )
    """Scripts in one label that no language mixes."""


VARIANTS = frozenset(
    {
        *(
            "weak-token",
            "weak-local",
            "weak-twice",
            "common-token",
            "short-token",
            "other-suffix",
            "world-token",
        ),
        *(
            "native-name",
            "lure",
            "short-leet",
            "typo-world",
            "typo-long",
            "typo-short",
            "typo-weak",
            "typo-inside",
        ),
        *("combosquat-local", "combosquat-world", "combosquat-short", "combosquat-inside", "embedding-bare"),
        *("mangled-near", "mangled-world", "mangled-long", "mangled-far"),
    }
)
"""Tables of rules/tricks.toml beside those of Trick and Circumstance: the same tricks where less, or more, was seen."""


class Circumstance(Worded):
    """What a name shares with phishing though it imitates nobody; each its table in rules/tricks.toml."""

    IP_ADDRESS = "ip-address", later("The link has bare numbers instead of a name.")
    """An address instead of a name."""
    CHEAP_SUFFIX = (
        "cheap-suffix",
        later("Its ending “.%(suffix)s” costs almost nothing, and few honest sites use it."),
    )
    """A suffix that costs next to nothing and holds few honest sites."""
    CHEAP_PLAIN = "cheap-plain", later("Its ending “.%(suffix)s” costs almost nothing.")
    """The same below a name that reads like a word."""
    WATCHED_SUFFIX = (
        "watched-suffix",
        later("Its ending “.%(suffix)s” is used for fraud far more often than others."),
    )
    """A suffix with honest sites, on which phishing is far more common than elsewhere."""
    ODD_PORT = "odd-port", later("It asks for port %(port)s, which shops and banks do not use.")
    """A port that no shop or bank uses."""
    MANY_LABELS = (
        "many-labels",
        later("Its name has %(count)s parts, so that the end, which says whose it is, is easy to miss."),
    )
    """So many names between the dots that the real one is out of sight."""
    FOREIGN_SCRIPT = (
        "foreign-script",
        later("It is written in letters that your household does not usually read."),
    )
    """Letters that nobody of the household reads."""
    OTHER_LETTERS = "other-letters", later("It is written in other letters than most addresses are.")
    """Other letters than Latin ones, which few addresses have."""
    RANDOM_LABEL = "random-label", later("Its letters look as if a machine had chosen them.")
    """Letters that no language puts side by side."""
    ODD_LABEL = (
        "odd-label",
        later("It can hardly be pronounced, like many names that machines choose."),
    )
    """Letters that can only just be said, under a suffix that is sold in bulk."""
    RANDOM_ABOVE = (
        "random-above",
        later("In front of the name stand letters that look as if a machine had chosen them."),
    )
    """Letters that no language puts side by side, left of the registrable name."""
    DIGITS = "digits", later("It holds a long number that nobody would remember.")
    """A number that no person would remember."""


class Secret(Worded):
    """What a page asks people to type; the worst first."""

    SEED = "seed", later("the secret words of a wallet"), "the secret words of a wallet"
    """The words that open a purse of crypto money."""
    MY_NUMBER = "my-number", later("a My Number"), "a number that the state gave a person"
    """My Number, or another number that a state gives a person."""
    CARD = "card", later("a card number, or the digits on the back of a card"), "a card number"
    BANK = "bank", later("a bank account number or a PIN"), "bank account details"
    """An account's number, or the PIN of a bank."""
    PASSWORD = "password", later("a password"), "a password"
    QUESTION = "question", later("the answer to a secret question"), "the answer to a security question"
    """The answer to a security question."""
    CODE = "code", later("a code that is good for one time"), "a one-time code"
    """A code that was sent, or that an app shows."""
    PERSONAL = "personal", later("your name and address"), "name and address"
    """Name, address, birthday."""
    IDENTITY = (
        "identity",
        later("a mail address, a telephone number or a user name"),
        "a mail address or telephone number",
    )
    """A mail address, a user's name or a telephone number: the first step of many logins."""
    OTHER = "other", later("something that the page does not name"), "something that it does not name"
    """Something that the page does not name in words."""


class PageSign(Worded):
    """One way in which a page presents itself as a brand, or otherwise deceives.

    Those with a `detail` have a weight in rules/page.toml; the others decide by being there.
    """

    TITLE = "title", later("Its title is “%(words)s”."), "its title is “{}”"
    """A part of the title says nothing but the brand."""
    TITLE_WORD = "title-word", later("Its title is “%(words)s”."), "its title is “{}”"
    SITE_NAME = "site-name", later("It gives itself the name “%(words)s”."), "it calls its site “{}”"
    ADDRESS = (
        "address",
        later("It says that its address is “%(words)s”, but that is not so."),
        "it says that it stands at {}",
    )
    """The page says that it stands at the brand's domain."""
    ICON = "icon", later("It uses pictures of “%(words)s”."), "its icon is that of {}"
    AUTHOR = "author", later("It gives itself the name “%(words)s”."), "it describes itself as “{}”"
    COPYRIGHT = (
        "copyright",
        later("At the bottom it names “%(words)s” as its owner."),
        "its copyright line says “{}”",
    )
    HEADING = "heading", later("It shows “%(words)s”."), "its heading is “{}”"
    """A heading says nothing but the brand."""
    HEADING_WORD = "heading-word", later("It shows “%(words)s”."), "its heading is “{}”"
    FORM = "form", later("The place to type is marked “%(words)s”."), "beside its fields stands “{}”"
    """The brand is named beside the fields."""
    LABEL = "label", later("The place to type is marked “%(words)s”."), "a field is labelled “{}”"
    """A field is labelled with the brand: "Apple ID"."""
    PHRASE = (
        "phrase",
        later("The place to type is marked “%(words)s”."),
        "it has the words “{}” of the real login page",
    )
    """Words that stand on the brand's own login page and hardly anywhere else."""
    LINKS = "links", later("Its links lead to “%(words)s”."), "its links lead to {}"
    """All links that lead elsewhere lead to the brand."""
    PICTURE = "picture", later("It shows “%(words)s”."), "a picture shows “{}”"
    ASSETS = "assets", later("It uses pictures of “%(words)s”."), "its pictures come from {}"
    """Pictures or styles are loaded from the brand."""
    TEXT = "text", later("It shows “%(words)s”."), "it names {} again and again"
    PRESSURE = "pressure", later("It hurries you with the words “%(words)s”."), "it says “{}”"
    """It says that something must be confirmed or is locked."""
    ALARM = "alarm", later("It frightens you with the words “%(words)s”.")
    """Words of alarm, as false support writes them."""
    TELEPHONE = "telephone", later("It shows a telephone number. Do not phone it.")
    OPAQUE = "opaque", later("Its words are hidden.")
    """Nothing to read but an encoded text that a script writes out."""
    UNCHECKED = "unchecked", later("It could not be read to the end in time.")
    """The page could not be read in time."""
    PROGRAM = "program", later("It is a program: “%(words)s”.")
    """It is no page but a program."""


class LetterKind(Worded):
    """What sort of fake a stretch of a host is; `detail` is unused."""

    DIGIT = "digit", later("The digit %(fake)s, not the letter %(real)s.")
    """A digit for a letter: 0 for o."""
    PAIR = "pair", later("“%(fake)s” is made to look like the letter %(real)s.")
    """Several letters that together look like one: rn for m."""
    SCRIPT = "script", later("A %(script)s letter, not the letter %(real)s.")
    """A letter of another script that looks the same."""
    MARKED = "marked", later("A letter with a different shape, not the letter %(real)s.")
    """A Latin letter with a mark or a strange shape: é, ı."""
    OTHER = "other", later("%(fake)s, where the real name has %(real)s.")
    """Another plain letter or sign."""
    ORDER = "order", later("The letters are in the wrong order. The real name has “%(real)s”.")
    """The right letters, two of them swapped: ra for ar."""
    EXTRA = "extra", later("%(fake)s does not belong here.")
    """Nothing stands there in the real name."""
    MISSING = "missing", later("%(real)s is missing here.")
    """The real name has a letter that is not there."""
    HIDDEN = "hidden", later("A character that cannot be seen.")
    """A character that cannot be seen."""


SEVERAL_LETTERS = later("%(script)s letters, not the letters %(real)s.")
"""`LetterKind.SCRIPT` of several letters."""
