import json
import subprocess
import sys

from .receivers import Webhook


def run(order: object) -> tuple[list[dict[str, object]], str]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "sekisho.notify.send"],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path)},
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_each_address_gets_its_messages_until_one_fails() -> None:
    with Webhook() as good, Webhook() as bad:
        bad.status = 403
        messages = [["one", "1", True], ["two", "2", False]]
        outcomes, _ = run(
            {
                "jobs": [
                    {"url": good.url, "messages": messages},
                    {"url": bad.url, "messages": messages},
                    {"url": "nosuch://hidden-word", "messages": messages},
                ]
            }
        )
    assert [(got["title"], got["message"], got["type"]) for got in good.got] == [
        ("one", "1", "warning"),
        ("two", "2", "info"),
    ]
    by_job = {number: [o for o in outcomes if o["job"] == number] for number in range(3)}
    assert [o["state"] for o in by_job[0]] == ["ok", "ok"]
    assert [(o["message"], o["state"], o["code"]) for o in by_job[1]] == [(0, "refused", 403)]
    assert [(o["message"], o["state"]) for o in by_job[2]] == [(0, "not understood")]
    assert "hidden" not in json.dumps(outcomes)
