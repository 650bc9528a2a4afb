"""Requests: patient where that helps, one sentence where it does not, and polite."""

import json
import subprocess
import threading
import time

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.download.client import Cancelled
from syncohort.sources.download.patience import Patience
from tests.services import faults
from tests.services.exchange import Answer, json_answer, text_answer
from tests.services.server import Server

MIRROR = "set mirrors.files in config/config.yaml to another server"


@pytest.fixture(autouse=True)
def content(server):
    server.files["a.json"] = json_answer({"a": 1})
    server.files["a.txt"] = text_answer("\ufeffä\n")


def test_json_and_text(client):
    assert client.json("a.json") == {"a": 1}
    assert client.text("/a.txt") == "ä\n"


def test_query_and_posted_json(client, server):
    client.json("a.json", post={"ids": ["x"]}, filters="{}", size=10)
    request = server.requests[-1]
    assert (request.method, request.json(), request.query) == ("POST", {"ids": ["x"]}, {"filters": "{}", "size": "10"})


def test_who_asks_is_told(client, server):
    client.text("a.txt")
    assert server.requests[-1].headers["User-Agent"].startswith("Syncohort/")
    assert server.requests[-1].headers["Accept-Encoding"] == "identity"


# Passing trouble.


@pytest.mark.parametrize("code", [500, 502, 503, 504, 429, 408])
def test_error_that_passes(client, server, code):
    server.fail("/files/a.json", faults.status(code), times=2)
    assert client.json("a.json") == {"a": 1}
    assert len(server.requests) == 3


def test_pause_that_the_server_asks_for(client, server, caplog):
    caplog.set_level("INFO")
    server.fail("/files/a.json", faults.status(429, Retry_After="1"))
    assert client.json("a.json") == {"a": 1}
    first, second = server.requests
    assert second.began - first.began >= 1
    assert "Files: answered 429; trying again in 1 s" in caplog.text


def test_no_server_is_waited_for_longer_than_reasonable(client, server, caplog):
    caplog.set_level("INFO")
    server.fail("/files/a.json", faults.status(503, Retry_After="86400"))
    with pytest.raises(InputError, match=r"answered 503 Service Unavailable\. .* try again later"):
        client.json("a.json")
    assert len(server.requests) == 1
    assert "Files: answered 503, and asks to wait for 1440 minutes" in caplog.messages


def test_answer_that_breaks_off_is_asked_for_again(client, server):
    server.fail("/files/a.json", faults.reset(after=3))
    assert client.json("a.json") == {"a": 1}


def test_page_instead_of_json(client, server):
    server.fail("/files/a.json", faults.html_page(), times=9)
    with pytest.raises(InputError, match="answered with text/html instead of JSON"):
        client.json("a.json")
    assert len(server.requests) == 4


# Lasting trouble.


@pytest.mark.parametrize(("code", "phrase"), [(400, "400 Bad Request"), (404, "404 Not Found"), (410, "410 Gone")])
def test_error_that_lasts_is_asked_for_once(client, server, code, phrase):
    server.fail("/files/a.json", faults.status(code), times=9)
    with pytest.raises(InputError, match=f"answered {phrase}. Check the name in your settings"):
        client.json("a.json")
    assert len(server.requests) == 1


def test_refused_connection(make_client):
    with Server() as gone:
        url = gone.mirror("files")
    with pytest.raises(InputError) as error:
        make_client(url).json("a.json")
    assert str(error.value) == (
        f"Files: 127.0.0.1, asked for {url}/a.json, could not be reached, 2 times: Connection refused. "
        "Is this computer online? On a cluster run `snakemake download` where there is a network; behind a proxy set "
        f"https_proxy; or {MIRROR}."
    )


def test_unknown_host(make_client):
    with pytest.raises(InputError, match=r"nowhere\.invalid, asked for .*, could not be reached, 2 times: "):
        make_client("http://nowhere.invalid").json("a.json")


def test_redirect_loop(client, server):
    server.fail("/files/a.json", faults.redirect_to(f"{server.mirror('files')}/a.json"), times=99)
    with pytest.raises(InputError, match="sent us from one address to the next without end") as error:
        client.json("a.json")
    assert f"try again later, or {MIRROR}" in str(error.value)
    assert len(server.requests) == 6


def test_redirect_is_followed(client, server):
    server.fail("/files/b.json", faults.redirect_to(f"{server.mirror('files')}/a.json"))
    assert client.json("b.json") == {"a": 1}


def test_proxy_of_the_environment_that_fails(client, monkeypatch):
    with Server() as gone:
        monkeypatch.setenv("http_proxy", gone.url)
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(InputError, match="is behind a proxy that failed, 2 times: Connection refused"):
        client.json("a.json")


def test_proxy_of_the_environment_is_used(make_client, server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    server.fail(".*", lambda answer: json_answer({"by": "proxy"}))
    assert make_client("http://nowhere.invalid").json("a.json") == {"by": "proxy"}


@pytest.fixture
def make_certificate(tmp_path):
    """Make a certificate for this computer, by `openssl ca`: `openssl req` knew no dates until version 3.4."""

    def run(*command):
        subprocess.run(["openssl", *command], check=True, capture_output=True, cwd=tmp_path)

    def make(start, end):
        (tmp_path / "index.txt").touch()
        (tmp_path / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nnew_certs_dir = .\nrand_serial = yes\n"
            "default_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n"
            "[names]\nsubjectAltName = IP:127.0.0.1\n"
        )
        new = ["-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
        run("req", *new, "-keyout", "key.pem", "-out", "request.pem")
        signed = ["-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "key.pem", "-in", "request.pem"]
        run("ca", *signed, "-startdate", start, "-enddate", end, "-out", "cert.pem", "-notext")
        return tmp_path / "cert.pem", tmp_path / "key.pem"

    return make


def test_expired_certificate(make_certificate, make_client, monkeypatch):
    certificate, key = make_certificate("20200101000000Z", "20210101000000Z")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with Server(certificate=certificate, key=key) as server:
        with pytest.raises(InputError) as error:
            make_client(server.mirror("files")).json("a.json")
        assert server.requests == []
    assert str(error.value) == (
        f"Files: 127.0.0.1, asked for {server.mirror('files')}/a.json, could not prove who it is: certificate has "
        f"expired. Try again later, or {MIRROR}; where your institution reads encrypted traffic, name its certificates "
        "in the environment variable REQUESTS_CA_BUNDLE."
    )


def test_certificate_of_ones_own_institution(make_certificate, make_client, monkeypatch):
    certificate, key = make_certificate("20200101000000Z", "20990101000000Z")
    with Server(certificate=certificate, key=key) as server:
        server.files["a.json"] = json_answer({"a": 1})
        with pytest.raises(InputError, match="could not prove who it is: self-signed certificate"):
            make_client(server.mirror("files")).json("a.json")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert make_client(server.mirror("files")).json("a.json") == {"a": 1}


# Politeness.


def ask_in_threads(clients, number):
    threads = [threading.Thread(target=clients[n % len(clients)].text, args=("a.txt",)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_connections_at_one_time_over_all_clients_of_a_cache(make_client, server):
    server.files["a.txt"] = Answer(b"slow", drips=0.05)
    ask_in_threads([make_client(connections=2), make_client(connections=2)], 8)
    assert len(server.requests) == 8
    assert server.busiest <= 2


def test_requests_per_second_over_all_clients_of_a_cache(make_client, server):
    limits = {"connections": 4, "requests_per_second": 10}
    before = time.monotonic()
    ask_in_threads([make_client(**limits), make_client(**limits)], 6)
    assert len(server.requests) == 6
    assert server.requests[-1].began - before >= 5 / 10


def test_repeated_requests_keep_the_pace(make_client, server):
    server.fail("/files/a.txt", faults.status(500), times=2)
    before = time.monotonic()
    make_client(requests_per_second=5).text("a.txt")
    assert server.requests[-1].began - before >= 2 / 5


# Cancelling.


@pytest.mark.parametrize("drips", [0, 0.2], ids=["in a pause", "in an answer"])
def test_cancel_ends_what_is_under_way(make_client, server, drips):
    client = make_client(patience=Patience(read=60, longest_asked=60))
    if drips:
        server.files["a.json"] = Answer(json.dumps("long" * 100).encode(), drips=drips)
    else:
        server.fail("/files/a.json", faults.status(503, Retry_After="60"))
    ended = []

    def ask():
        try:
            client.json("a.json")
        except Cancelled:
            ended.append(time.monotonic())

    thread = threading.Thread(target=ask)
    thread.start()
    while not server.requests:
        time.sleep(0.01)
    time.sleep(0.3)
    client.cancel()
    thread.join(timeout=10)
    assert len(ended) == 1
