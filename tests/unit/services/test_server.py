"""The small server behaves on the wire as the real services do, else the tests that use it prove nothing."""

import http.client

import pytest
import requests

from tests.services import faults
from tests.services.exchange import Answer

CONTENT = bytes(range(256)) * 40
WHOLE = Answer(CONTENT, etag='"1"', modified="Sat, 21 Nov 2026 10:00:00 GMT", filename="a.bin", md5=True)


@pytest.fixture
def url(server):
    server.files["a.bin"] = WHOLE
    return f"{server.url}/files/a.bin"


def test_whole_file_with_its_headers(url):
    answer = requests.get(url)
    assert answer.content == CONTENT
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Content-Disposition"] == "attachment; filename=a.bin"
    assert answer.headers["ETag"] == '"1"'
    assert len(answer.headers["Content-MD5"]) == 32


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        ({"Range": "bytes=100-"}, 206, CONTENT[100:]),
        ({"Range": "bytes=100-199"}, 206, CONTENT[100:200]),
        ({"Range": "bytes=100-", "If-Range": '"1"'}, 206, CONTENT[100:]),
        ({"Range": "bytes=100-", "If-Range": WHOLE.modified}, 206, CONTENT[100:]),
        ({"Range": "bytes=100-", "If-Range": '"0"'}, 200, CONTENT),
        ({"Range": f"bytes={len(CONTENT)}-"}, 416, b""),
    ],
)
def test_ranges(url, headers, status, content):
    answer = requests.get(url, headers=headers)
    assert (answer.status_code, answer.content) == (status, content)
    if status == 206:
        assert answer.headers["Content-Range"].endswith(f"/{len(CONTENT)}")


def test_chunks(server, url):
    server.files["a.bin"] = Answer(CONTENT, length=False)
    answer = requests.get(url)
    assert answer.content == CONTENT
    assert "Content-Length" not in answer.headers


def test_reset_is_a_real_one_and_passes(server, url):
    server.fail("/files/a.bin", faults.reset(after=1000))
    with pytest.raises((requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)) as error:
        requests.get(url)
    assert "reset by peer" in str(error.value)
    assert requests.get(url).content == CONTENT


def test_requests_are_recorded(server, url):
    requests.post(f"{server.url}/kegg/get/nothing?a=b%20c", json={"d": 1})
    asked = server.requests[-1]
    assert (asked.method, asked.service, asked.path, asked.query) == ("POST", "kegg", "/get/nothing", {"a": "b c"})
    assert asked.json() == {"d": 1}


def test_a_connection_serves_many_requests(server, url):
    connection = http.client.HTTPConnection(*server.server_address)
    ports = set()
    for _ in range(2):
        connection.request("GET", "/files/a.bin")
        ports.add(connection.sock.getsockname())
        assert connection.getresponse().read() == CONTENT
    assert len(ports) == 1
    connection.close()


@pytest.mark.parametrize(
    ("path", "status", "begin"),
    [
        ("get/hsa99901", 200, "ENTRY       hsa99901"),
        ("get/path:hsa99901", 200, "ENTRY       hsa99901"),
        ("get/hsa00000", 404, "\n"),
        ("link/hsa/hsa99901", 200, "path:hsa99901\thsa:900001\n"),
        ("list/pathway/hsa", 200, "hsa99901\tInvented signalling - Homo sapiens (human)\n"),
        ("conv/ncbi-geneid/hsa", 200, "hsa:"),
        ("info/pathway", 200, "pathway          KEGG Pathway Database\n"),
        ("nonsense", 400, "\n"),
    ],
)
def test_kegg(server, path, status, begin):
    answer = requests.get(f"{server.mirror('kegg')}/{path}")
    assert answer.status_code == status
    assert answer.text.startswith(begin)
