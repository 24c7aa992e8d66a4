"""Pages get just what the context holds; a part that is missing must not open anything."""

from pathlib import Path

import pytest

from sekisho.portal.context import GO_ON_SECONDS, DeskContext, PortalContext
from sekisho.portal.desk import DeskSummary
from sekisho.portal.login import SetUp
from sekisho.portal.portal import create_portal
from sekisho.portal.warning import NO_MARK
from sekisho.settings import Settings

from .conftest import CLIENT, NOW, ROOT, nobody, portal_context


def test_what_nobody_sets_shows_nothing_and_promises_nothing() -> None:
    context = portal_context()
    assert (context.summary(), context.mark(), context.rules_read()) == (DeskSummary(), NO_MARK, None)
    assert (context.regions, context.own_hosts, context.go_on_seconds) == ((), (), GO_ON_SECONDS)


def test_it_cannot_be_made_without_an_action() -> None:
    """A page whose action is missing would fail on the day that somebody needs it."""
    with pytest.raises(TypeError, match="release"):
        PortalContext()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "page", ["start", "login", "asks", "decisions", "people", "look", "notify", "account"]
)
def test_without_a_desk_its_pages_are_not_there(page: str, ca_file: Path) -> None:
    app = create_portal(portal_context(ca_file=lambda: ca_file)).test_client()
    of = {"base_url": ROOT, "environ_overrides": {"REMOTE_ADDR": CLIENT}}
    assert app.get("/desk", **of).status_code == 200
    assert app.get(f"/desk/{page}", **of).status_code == 404


def test_without_places_a_test_message_goes_nowhere(tmp_path: Path) -> None:
    desk = DeskContext(
        settings=Settings(state=tmp_path), set_up=SetUp(), clock=lambda: NOW, store=nobody, household=nobody,
        answer_ask=nobody, decided=nobody,
    )  # fmt: skip
    assert desk.state == tmp_path
    assert list(desk.try_all(desk.settings, None)) == []
