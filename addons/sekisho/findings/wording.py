"""Wording: which sentence tells a finding, and with which values. Choices and English messages; no translation here.

A `Sentence` is a message of the catalogue with its values. Whoever shows it translates it, and makes the values
harmless for where they stand: a page escapes them, a message replaces what programs would turn into links.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sekisho.link import Link
from sekisho.reasons import Circumstance, PageSign, Reason, later
from sekisho.verdict import Evidence, Level


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message of the catalogue."""

    message: str
    """English, with ``%(name)s`` where a value stands."""
    values: Mapping[str, str] = field(default_factory=dict)
    word: str = ""
    """A word of the JSON that stands behind it where there is no sentence of its own; else empty."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The headline of a warning page, and why. ``%(brand)s``, ``%(site)s`` and ``%(owner)s`` are filled in."""

    headline: str
    why: str = ""
    meaning: bool = False
    """The decisive finding's own sentence stands first."""


WORDINGS: Mapping[str, Wording] = {
    "lookalike": Wording(
        later("This looks like a fake %(brand)s site."),
        later("Its name imitates the real one, but it is a different site."),
    ),
    "ending": Wording(
        later("The name of this site pretends to be Japanese."),
        later(
            "The marked letters look like the end of a Japanese address, but the site belongs to “%(owner)s”."
        ),
    ),
    "family": Wording(
        later("Your family has blocked this site."),
        later("Someone in your family put it on the list of sites to keep closed."),
    ),
    "imported": Wording(later("This link is on a list of dangerous sites."), meaning=True),
    "address": Wording(
        later("This link has no name, only numbers."),
        later("Banks, shops and public offices use names. Links with bare numbers are often used for fraud."),
    ),
    "circumstance": Wording(
        later("There is something suspicious about this site."),
        later("Its name has signs that are common in fraud. It may still be harmless; we do not know."),
    ),
    "unreadable": Wording(
        later("The name in this link cannot be read properly."),
        later("Honest sites do not write their names this way."),
    ),
    "home-network": Wording(
        later("This link leads to a device in your own home."),
        later("Web pages and messages must not open your router, your printer or this device."),
    ),
    "feed": Wording(
        later("This link is on a list of fraudulent sites."),
        later("Even an honest site may be on it: strangers may have broken into it."),
        meaning=True,
    ),
    "virustotal": Wording(later("Security companies warn of this site."), meaning=True),
    "new-name": Wording(
        later("The name of this site is very new."),
        later("Fraud often uses new names. It may still be harmless; we do not know."),
        meaning=True,
    ),
    "unchecked": Wording(later("This site could not be checked fully."), meaning=True),
    "page": Wording(
        later("This page calls itself “%(brand)s”, but it is not."),
        later("The real %(brand)s is at “%(site)s”. This page is at “%(owner)s”."),
    ),
    "support": Wording(
        later("This page wants to frighten you. It is a trick."),
        later("What it says is not true. Do not phone, install nothing, pay nothing. Just close it."),
    ),
    "branded-secret": Wording(
        later("This page asks for something secret. Do you know this site?"),
        later("The page looks like one of %(brand)s, but the site “%(owner)s” does not belong to it."),
    ),
    "secret": Wording(
        later("This page asks for something secret. Do you know this site?"),
        later("Something about this site calls for care. If you came here from a message, close it."),
    ),
    "opaque": Wording(
        later("This page hides what it says."),
        later("Its words are written so that no check can read them. Honest pages seldom do this."),
    ),
    "unread": Wording(
        later("This page could not be read to check it."),
        later("It may be harmless; we do not know. Do not type a password or a card number there."),
    ),
    "program": Wording(
        later("This site wants to put a program on your device."),
        later(
            "Programs from strangers can take over a device. If you did not look for this program yourself, "
            "do not take it."
        ),
    ),
    "other": Wording(
        later("We are not sure that this site is safe."),
        later("It may be harmless; we do not know. To be safe, it stays closed."),
    ),
}
"""Kind of warning page → what stands at its head."""

_SUFFIXES = (Circumstance.CHEAP_SUFFIX, Circumstance.CHEAP_PLAIN, Circumstance.WATCHED_SUFFIX)
_PAGE_WORDINGS = (
    (PageSign.PROGRAM, "program"),
    (PageSign.ALARM, "support"),
    (PageSign.OPAQUE, "opaque"),
    (PageSign.UNCHECKED, "unread"),
)
_MESSAGES = {
    Reason.FAMILY_BLOCK: later("the family decided to keep it shut."),
    Reason.LOOKALIKE: later("its name is made to look like a real one."),
    Reason.CIRCUMSTANCE: later("its name has a form that scams like."),
    Reason.UNREADABLE: later("its name cannot be read."),
    Reason.FEED: later("a list of phishing sites names it."),
    Reason.VIRUSTOTAL: later("security companies say that it is dangerous."),
    Reason.NEW_NAME: later("its name was made only days ago."),
    Reason.UNCHECKED: later("it could not be checked just now."),
    Reason.HOME_NETWORK: later("its name leads into the home network."),
    Reason.PAGE: later("what its page shows is suspicious."),
    Reason.FORM: later("something secret was about to be sent, and was held."),
}
"""Reason → what a message to the family says of it."""


def wording_of(evidence: Evidence | None, link: Link, *, named: bool) -> str:
    """The key of `WORDINGS` for a verdict that this finding decided.

    named: the page can say which brand is imitated. Without that an imitation has no headline of its own.
    """
    if evidence is None:
        return "other"
    reason = evidence.reason
    if reason is Reason.PAGE:
        return _page_wording(evidence)
    if reason is Reason.CIRCUMSTANCE and link.is_address:
        return "address"
    if reason is Reason.FAMILY_BLOCK:
        return "imported" if evidence.named else "family"
    if reason is Reason.LOOKALIKE and not named:
        return "other"
    return reason.value if reason.value in WORDINGS else "other"


def _page_wording(evidence: Evidence) -> str:
    signs = {sign for sign, _ in evidence.signs}
    for sign, wording in _PAGE_WORDINGS:
        if sign in signs:
            return wording
    return "page" if evidence.brand and evidence.level >= Level.WARN else "secret"


def meaning(evidence: Evidence, about: str = "", day: str = "") -> Sentence:
    """What one finding means.

    about: what it names, safe to show: a list, a suffix without its dot, a port, a number of labels; or empty.
    day: as the reader writes it: of when the list is, when the engines looked, when the name was registered.
    """
    reason, count = evidence.reason, evidence.count
    if evidence.trick:
        return Sentence(evidence.trick.sentence)
    if evidence.circumstance:
        return Sentence(evidence.circumstance.sentence, {"suffix": about, "port": about, "count": about})
    listed = {"list": about, "day": day}
    if reason is Reason.FAMILY_BLOCK and about:
        return Sentence(
            later("It is on the list “%(list)s”. Others made this list, and your family uses it."), listed
        )
    if reason is Reason.FEED and about:
        return Sentence(
            later("It is on “%(list)s”, a list of sites that deceive people, as of %(day)s."), listed
        )
    counted = {"count": str(count), "day": day}
    if reason is Reason.VIRUSTOTAL and count:
        one = later("One security company calls it dangerous (VirusTotal, %(day)s).")
        many = later("%(count)s security companies call it dangerous (VirusTotal, %(day)s).")
        return Sentence(one if count == 1 else many, counted)
    if reason is Reason.NEW_NAME and count is not None:
        today = later("Its name was registered only today (%(day)s).")
        yesterday = later("Its name was registered only yesterday (%(day)s).")
        before = later("Its name was registered only %(count)s days ago (%(day)s).")
        return Sentence({0: today, 1: yesterday}.get(count, before), counted)
    if reason.sentence:
        return Sentence(reason.sentence)
    return Sentence(later("Another note"), word=reason.value)


def whence(evidence: Evidence) -> Sentence:
    """Where a finding comes from."""
    if evidence.reason is Reason.FAMILY_BLOCK and not evidence.named:
        return Sentence(later("What your family decided"))
    return Sentence(_WHENCE.get(evidence.reason, later("What sekisho saw in the name")))


_WHENCE = {
    Reason.FAMILY_BLOCK: later("A list of dangerous sites"),
    Reason.FEED: later("A list of dangerous sites"),
    Reason.VIRUSTOTAL: later("What security companies say (VirusTotal)"),
    Reason.NEW_NAME: later("When names were registered"),
    Reason.PAGE: later("What sekisho read on the page"),
}


def sign_sentence(sign: PageSign, words: str) -> Sentence:
    """What was seen on a page. words: those that it was found in, safe to show."""
    return Sentence(sign.sentence, {"words": words})


def about(evidence: Evidence, link: Link) -> str:
    """What the sentence of a finding names, as it stands in the link; not yet safe to show, or empty."""
    circumstance = evidence.circumstance
    if circumstance in _SUFFIXES:
        return ".".join(link.labels[-link.suffix.count(".") - 1 :])
    if circumstance is Circumstance.ODD_PORT:
        return str(link.port)
    if circumstance is Circumstance.MANY_LABELS:
        return str(len(link.labels))
    return evidence.named[:80]


def message(evidence: Evidence | None, imitates: str = "") -> Sentence:
    """What a message to the family says of the finding that decided; `imitates`: safe to send, or empty."""
    if evidence and evidence.reason is Reason.LOOKALIKE and imitates:
        return Sentence(later("its name is made to look like %(imitates)s."), {"imitates": imitates})
    other = later("something about it is suspicious.")
    return Sentence(_MESSAGES.get(evidence.reason, other) if evidence else other)
