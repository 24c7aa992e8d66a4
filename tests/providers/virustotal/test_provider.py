"""What VirusTotal knows, as one provider: a condition that says what to do, and an opinion that is merged."""

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from sekisho.link import parse_link
from sekisho.providers import Context
from sekisho.providers.provider import Opinion, Subject
from sekisho.providers.records import MemoryStore
from sekisho.providers.virustotal.provider import VirusTotalProvider
from sekisho.providers.virustotal.states import SENTENCES, State
from sekisho.records.sources import SourceState
from sekisho.settings import Settings, VirusTotalSettings
from sekisho.settings.keyfile import write_key

from ..conftest import conditions
from ..virustotal_server import Step, VirusTotalServer


@pytest.mark.parametrize("state", [one for one in State if one not in (State.NOT_FOUND, State.NOT_ASKED)])
def test_every_state_of_virustotal_says_what_to_do(household: dict[str, object], state: State) -> None:
    noted = SourceState("virustotal", state.value, SENTENCES[state], 5.0, 3.0)
    found = conditions(household, noted, virustotal={"key": "abc"})["virustotal"]
    if state is State.OFF:
        assert (found.state, found.since) == ("not asked yet", None)
    else:
        assert (found.state, found.since, found.last_good_at) == (state.value, 5.0, 3.0)
        assert found.is_quiet is (state is State.OK)
    without = conditions(household, noted)["virustotal"]
    assert (without.state, without.last_good_at) == ("off", 3.0), "a key that was taken away is off at once"


def test_a_key_in_the_state_folder_counts(household: dict[str, object]) -> None:
    assert isinstance(household["state"], Path)
    write_key(household["state"], "abc")
    assert conditions(household)["virustotal"].state == "not asked yet"


def ask(server: VirusTotalServer, folder: Path, wait: float = 5.0) -> Opinion:
    async def act() -> Opinion:
        settings = VirusTotalSettings(key=SecretStr(server.key), host=server.base, wait=0.5)
        store = MemoryStore()
        context = Context(Settings(state=folder, virustotal=settings), find_store=lambda: store)
        provider = VirusTotalProvider(context)
        assert provider.vouches
        subject = Subject(parse_link("https://www.bad.example/secret"), "bad.example")
        try:
            return await provider.ask(subject, wait=wait, click=True, max_age=0.0)
        finally:
            await provider.close()

    return asyncio.run(act())


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("outage", "VirusTotal has trouble of its own"),
        ("wrong key", "VirusTotal refuses the key"),
        (Step("clean", held=True), "VirusTotal did not answer within 0.5 s"),
    ],
    ids=["outage", "wrong key", "too slow"],
)
def test_why_there_is_no_answer_is_one_sentence(
    server: VirusTotalServer, tmp_path: Path, step: str | Step, words: str
) -> None:
    server.behave("bad.example", step)
    (sentence,) = ask(server, tmp_path, wait=0.1 if isinstance(step, Step) else 5.0).troubles
    server.release()
    assert sentence.startswith(words)


@pytest.mark.parametrize("step", ["clean", "bad", "unknown", "bad request"])
def test_an_answer_is_no_trouble(server: VirusTotalServer, tmp_path: Path, step: str) -> None:
    server.behave("bad.example", step)
    found = ask(server, tmp_path)
    assert found.troubles == ()
    assert found.answered is (step != "bad request")
