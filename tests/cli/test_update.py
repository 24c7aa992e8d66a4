"""``sekisho update`` against a server of this computer: what a person reads, and the exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from sekisho.cli import update as module
from sekisho.providers.feeds import FeedOutcome, FeedSpec, FeedState, Step
from sekisho.providers.feeds import Result as Became
from sekisho.providers.feeds.spec import Form
from sekisho.providers.feeds.state import Part
from tests.providers.feeds.conftest import Site
from tests.providers.feeds.conftest import site as site  # the fixture

Cli = Callable[..., Result]


@pytest.fixture
def own(site: Site, state: Path) -> Site:
    """The family's own feed, `mine`; the small rules hold none."""
    state.mkdir()
    (state / "feeds.toml").write_text(
        f'[mine]\nname = "Mine [b]"\nurl = "{site.url}/mine"\nformat = "domains"\n'
    )
    site.serve("/mine", b"bad.example\nworse.example\n", ETag='"1"')
    return site


@pytest.mark.usefixtures("own")
def test_an_update_and_the_next(cli: Cli, own: Site) -> None:
    result = cli("update")
    assert (result.exit_code, result.stdout) == (0, "Mine [b]: updated, 2 entries\n")
    result = cli("update")
    assert result.exit_code == 0
    assert result.stdout.startswith("Mine [b]: not due before 20")
    assert result.stdout.endswith(", 2 entries; --force asks now\n")
    own.serve("/mine", b"", 500)
    result = cli("update", "--force")
    assert result.exit_code == 1
    assert result.stdout == (
        "Mine [b]: not updated: the server answers with the status 500."
        " The list of a moment ago stays in use, 2 entries.\n"
    )


def test_a_house_that_wants_no_outgoing_request(cli: Cli, own: Site, state: Path) -> None:
    (state / "sekisho.toml").write_text("[feeds]\nenabled = false\n")
    result = cli("update", "--force")
    assert (result.exit_code, own.asked) == (0, [])
    assert "switched off" in result.stdout
    (state / "sekisho.toml").write_text('[feeds]\noff = ["mine"]\n')
    result = cli("update", "--force")
    assert (result.exit_code, own.asked) == (0, [])
    assert "no feeds are on" in result.stdout


@pytest.mark.usefixtures("own")
def test_what_is_wrong_is_told(cli: Cli, state: Path) -> None:
    (state / "sekisho.toml").write_text('[feeds]\noff = ["mein"]\n')
    result = cli("update")
    assert result.exit_code == 2
    assert "'mein': there is no such feed; did you mean mine?" in result.stderr
    (state / "sekisho.toml").unlink()
    (state / "feeds.toml").write_text("[mine]\nurl = 3\n")
    result = cli("update")
    assert result.exit_code == 1
    assert f"{state}/feeds.toml:2: mine: url must be a text" in result.stderr
    (state / "feeds.toml").write_text('[mine]\nurl = "http://127.0.0.1:9/"\nformat = "domains"\n')
    (state / "feeds").write_text("in the way")
    result = cli("update")
    assert result.exit_code == 1
    assert "feeds cannot be written" in result.stderr


def spec() -> FeedSpec:
    return FeedSpec("mine", "Mine", "https://lists.example/", Form.DOMAINS)


@pytest.mark.parametrize(
    ("seconds", "age"), [(0, "a moment"), (60, "1 minute"), (7200, "2 hours"), (200_000, "2 days")]
)
def test_how_old_the_list_is_that_stays(seconds: float, age: str) -> None:
    state = FeedState(error="it is empty", good=1000.0, parts=(Part("u", "f", 1234),))
    sentence = module.outcome_sentence(FeedOutcome(spec(), Became.FAILED, state), 1000.0 + seconds)
    assert sentence == f"Mine: not updated: it is empty. The list of {age} ago stays in use, 1,234 entries."


def test_a_first_update_that_fails_says_what_that_means() -> None:
    sentence = module.outcome_sentence(
        FeedOutcome(spec(), Became.FAILED, FeedState(error="it is empty")), 0.0
    )
    assert sentence == "Mine: not updated: it is empty. There is no earlier list, so it warns of nothing."


def test_an_unchanged_list() -> None:
    state = FeedState(parts=(Part("u", "f", 5),))
    assert (
        module.outcome_sentence(FeedOutcome(spec(), Became.SAME, state), 0.0) == "Mine: unchanged, 5 entries"
    )


def test_bars_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with module._bars(Console(force_terminal=True, width=100)) as show:
        show(Step(spec(), "downloads", 512, 1024))
        show(Step(spec(), "downloads", 600, 0))
        show(Step(spec(), "reads", 2048, 2048))
        show(Step(spec(), "done"))
    assert "Mine" in capsys.readouterr().out


def test_a_pipe_gets_no_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with module._bars(Console(force_terminal=False)) as show:
        show(Step(spec(), "downloads", 512, 1024))
    assert capsys.readouterr().out == ""
