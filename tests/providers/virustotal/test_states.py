import pytest

from sekisho.providers.virustotal.states import SENTENCES, Answer, State, may_ask


def test_every_state_has_a_sentence_of_its_own() -> None:
    """`sekisho status` must say what is the matter, and never an empty line."""
    assert set(SENTENCES) == set(State)
    assert len(set(SENTENCES.values())) == len(State)
    assert all(15 < len(sentence) < 500 and sentence.isprintable() for sentence in SENTENCES.values())
    assert all(len(state.value) <= 20 for state in State)  # as the store keeps them


def test_an_answer_tells_its_state_where_nothing_more_is_known() -> None:
    assert Answer(State.WRONG_KEY).sentence == SENTENCES[State.WRONG_KEY]
    assert Answer(State.WRONG_KEY, "more").sentence == "more"


@pytest.mark.parametrize("state", State)
def test_what_was_not_answered_is_asked_again_unless_that_is_useless(state: State) -> None:
    """A phishing domain that was clicked during an outage must not stay unasked for ever."""
    useless = {State.OK, State.NOT_FOUND, State.OFF, State.NOT_ASKED}
    assert Answer(state).deferred is (state not in useless)


@pytest.mark.parametrize(
    "domain",
    [
        "example.org",
        "xn--r8jz45g.example",
        "a.co.jp",
        "under_score.example",
        "1.example",
        "a." * 100 + "test",
    ],
)
def test_domains_can_be_asked_about(domain: str) -> None:
    assert may_ask(domain)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "localhost",
        "192.0.2.1",
        "::1",
        "2001:db8::1",
        "[::1]",
        "../users/me",
        "a.example/comments",
        "a..example",
        ".example.org",
        "example.org.",
        "EXAMPLE.org",
        "例え.example",
        "a.example\n",
        "a.example?x=1",
        "a%2e.example",
        "a{0}.example",
        "a" * 64 + ".example",
        "a." * 130 + "test",
    ],
)
def test_addresses_single_labels_and_paths_are_never_asked_about(name: str) -> None:
    """A path in a name would reach another endpoint; a home's own names are nobody's business."""
    assert not may_ask(name)
