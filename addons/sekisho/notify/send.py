"""Send: apprise in a process of its own, since it costs half a second and 43 MB, and cannot be interrupted.

Reads one JSON object on its standard input, ``{"jobs": [{"url": …, "messages": [[title, body, urgent], …]}, …]}``,
and writes a JSON object a line for each message as soon as it is known: ``{"job": 0, "message": 0, "state":
"ok", "code": 0}``. The messages of one address go one after the other, and stop at the first that fails;
addresses do not wait for each other. Neither an address nor a word of apprise's own log is written anywhere.
"""

import json
import logging
import os
import re
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SERVICE_SECONDS = 20.0
"""For one message to one address."""
_CODE = re.compile(r"error=([1-5][0-9]{2})\b")
_UNREACHABLE = re.compile(r"connection error|socket|refused|unreachable|resolve|timed? ?out", re.IGNORECASE)


def send(jobs: list[dict[str, Any]], write: Any) -> None:
    """Send everything; `write` is called with each outcome, from several threads."""
    import apprise

    asset = apprise.AppriseAsset(
        app_id="sekisho",
        app_desc="sekisho",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask="",
        storage_mode="memory",
        service_timeout=SERVICE_SECONDS,
    )

    def work(numbered: tuple[int, dict[str, Any]]) -> None:
        number, job = numbered
        service = apprise.Apprise.instantiate(job["url"], asset=asset)
        for index, (title, body, urgent) in enumerate(job["messages"]):
            state, code = _sent(apprise, service, title, body, urgent) if service else ("not understood", 0)
            write({"job": number, "message": index, "state": state, "code": code})
            if state != "ok":
                return

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(work, enumerate(jobs)))


def _sent(apprise: Any, service: Any, title: str, body: str, urgent: bool) -> tuple[str, int]:
    all_of_it = apprise.Apprise()
    all_of_it.add(service)
    kind = apprise.NotifyType.WARNING if urgent else apprise.NotifyType.INFO
    result = all_of_it.notify(
        body=body,
        title=title,
        notify_type=kind,
        body_format=apprise.NotifyFormat.TEXT,
        timeout=SERVICE_SECONDS,
    )
    if result:
        return "ok", 0
    log = " ".join(str(getattr(entry, "message", entry)) for entry in result.logs())
    if found := _CODE.search(log):
        return "refused", int(found[1])
    if result.status is apprise.AppriseResultStatus.TIMEOUT:
        return "too slow", 0
    return ("unreachable" if _UNREACHABLE.search(log) else "failed"), 0


def main() -> None:
    """The process."""
    warnings.simplefilter("ignore")
    logging.disable(logging.NOTSET)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # Whatever a library prints must not stand between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    lock = threading.Lock()

    def write(outcome: dict[str, Any]) -> None:
        with lock:
            out.write(f"{json.dumps(outcome)}\n")
            out.flush()

    send(json.load(sys.stdin)["jobs"], write)
    out.flush()
    os._exit(0)  # a service that hangs must not hold the process


if __name__ == "__main__":
    main()
