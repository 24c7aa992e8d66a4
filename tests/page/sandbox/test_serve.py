import io
import json

from sekisho.page.sandbox.messages import LENGTH, packed_rules
from sekisho.page.sandbox.serve import serve
from sekisho.rulebook.model import Rulebook


def framed(*messages: bytes) -> bytes:
    return b"".join(LENGTH.pack(len(message)) + message for message in messages)


def test_ready_then_one_answer_for_each_page(rulebook: Rulebook) -> None:
    head = json.dumps({"host": "qz7-hvkw.example", "content_type": "text/html; charset=utf-8"}).encode()
    pages = [b"<title>PayPal</title><input type=password>", b"<p>hello"]
    out = io.BytesIO()
    sent = framed(packed_rules(rulebook), *(part for page in pages for part in (head, page)))
    assert serve(io.BytesIO(sent), out) == 0
    out.seek(0)
    assert LENGTH.unpack(out.read(4)) == (0,), "an empty message says that it is ready"
    answers = []
    while length := out.read(4):
        answers.append(json.loads(out.read(LENGTH.unpack(length)[0])))
    assert [bool(answer["evidence"]) for answer in answers] == [True, False]


def test_a_pipe_that_closes_ends_it() -> None:
    for sent in (b"", b"\0\0", framed(packed_rules(Rulebook()), b"{}")):
        assert serve(io.BytesIO(sent), io.BytesIO()) == 0
