"""A file arrives whole, in whatever weather, or one sentence says why not."""

import errno
import gzip
import hashlib
import os
import subprocess
import zipfile
from dataclasses import replace

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.download.patience import Patience
from syncohort.sources.download.progress import Progress
from syncohort.sources.download.remote_file import RemoteFile
from syncohort.sources.download.transfer import fetch_file
from syncohort.sources.download.verification import announced_checksum
from tests.services import faults
from tests.services.exchange import Answer

CONTENT = bytes(range(256)) * 4000
OTHER = CONTENT[::-1]
MD5 = f"md5:{hashlib.md5(CONTENT).hexdigest()}"
CHANGED = "Sat, 21 Nov 2026 10:00:00 GMT"


@pytest.fixture
def fetch(server, client, tmp_path):
    """Fetch `a.bin` of the server, and give what is known of it and its content."""
    server.files["a.bin"] = Answer(CONTENT, etag='"1"', modified=CHANGED)

    def fetch_it(name="a.bin", client=client, **known):
        file = RemoteFile(client.url(name), name, **known)
        described = fetch_file(file, tmp_path / "cache", client, Progress("files/test", 1))
        return described, (tmp_path / "cache" / name).read_bytes()

    return fetch_it


def partial(tmp_path):
    return tmp_path / "cache/a.bin.partial"


def ranges(server):
    return [request.headers.get("Range") for request in server.requests]


def test_whole_file(fetch, server, tmp_path):
    described, content = fetch()
    assert content == CONTENT
    assert described == {
        "name": "a.bin",
        "url": f"{server.mirror('files')}/a.bin",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "modified": CHANGED,
    }
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a.bin"]


def test_file_without_length_and_marks(fetch, server):
    server.files["a.bin"] = Answer(CONTENT, length=False)
    assert fetch()[1] == CONTENT


def test_empty_file(fetch, server):
    server.files["a.bin"] = Answer(b"")
    assert fetch()[1] == b""


# Resuming.


def test_reset_connection_is_resumed(fetch, server):
    server.fail("/files/a.bin", faults.reset(after=300_000))
    assert fetch()[1] == CONTENT
    assert ranges(server) == [None, "bytes=300000-"]
    assert server.requests[-1].headers["If-Range"] == '"1"'


@pytest.mark.parametrize("etag", [None, 'W/"1"'], ids=["no ETag", "weak ETag"])
def test_time_of_last_change_when_there_is_no_strong_etag(fetch, server, etag):
    server.files["a.bin"] = Answer(CONTENT, etag=etag, modified=CHANGED)
    server.fail("/files/a.bin", faults.reset(after=300_000))
    assert fetch()[1] == CONTENT
    assert server.requests[-1].headers["If-Range"] == CHANGED


def test_without_marks_it_starts_over(fetch, server):
    server.files["a.bin"] = Answer(CONTENT)
    server.fail("/files/a.bin", faults.reset(after=300_000))
    assert fetch()[1] == CONTENT
    assert ranges(server) == [None, None]


def test_without_marks_a_checksum_allows_to_resume(fetch, server):
    server.files["a.bin"] = Answer(CONTENT)
    server.fail("/files/a.bin", faults.reset(after=300_000))
    assert fetch(checksum=MD5)[1] == CONTENT
    assert ranges(server) == [None, "bytes=300000-"]


def test_server_that_ignores_ranges(fetch, server):
    server.fail("/files/a.bin", faults.reset(after=300_000))
    server.fail("/files/a.bin", faults.without_ranges())
    assert fetch()[1] == CONTENT


def test_many_resets_are_survived_while_something_arrives(fetch, server):
    whole = CONTENT * 10
    server.files["a.bin"] = Answer(whole, etag='"1"')
    server.fail("/files/a.bin", faults.reset(after=1_100_000), times=9)
    assert fetch()[1] == whole


def test_changed_under_the_same_name_between_part_and_rest(fetch, server, caplog):
    caplog.set_level("INFO")
    server.fail("/files/a.bin", faults.reset(after=300_000))
    server.fail("/files/a.bin", faults.content(OTHER, etag='"2"'))
    assert fetch()[1] == OTHER
    assert "a.bin: the server's file has changed since; starting over" in caplog.text


def test_changed_and_the_server_does_not_know_if_range(fetch, server):
    part = replace(Answer(OTHER[300_000:], 206, etag='"2"'), headers={"Content-Range": f"bytes 300000-1/{len(OTHER)}"})
    server.fail("/files/a.bin", faults.reset(after=300_000))
    server.fail("/files/a.bin", lambda answer: part)
    assert fetch()[1] == CONTENT
    assert ranges(server) == [None, "bytes=300000-", None]


def test_part_of_an_earlier_run_is_completed(fetch, server, make_client, tmp_path):
    server.fail("/files/a.bin", faults.reset(after=300_000))
    with pytest.raises(InputError):
        fetch(client=make_client(patience=Patience(tries=1)))
    assert partial(tmp_path).stat().st_size == 300_000
    described, content = fetch()
    assert content == CONTENT
    assert described["sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert ranges(server) == [None, "bytes=300000-"]


def test_part_that_is_all_there_is(fetch, server, make_client, tmp_path):
    server.fail("/files/a.bin", faults.reset(after=300_000))
    with pytest.raises(InputError):
        fetch(client=make_client(patience=Patience(tries=1)))
    partial(tmp_path).write_bytes(CONTENT)
    assert fetch()[1] == CONTENT
    assert ranges(server) == [None, f"bytes={len(CONTENT)}-"]


def test_part_from_another_address_is_not_used(fetch, server, make_client, tmp_path):
    server.files["b/a.bin"] = Answer(OTHER, etag='"1"')
    server.fail("/files/a.bin", faults.reset(after=300_000))
    with pytest.raises(InputError):
        fetch(client=make_client(patience=Patience(tries=1)))
    assert fetch(client=make_client(f"{server.mirror('files')}/b"))[1] == OTHER


# What passes.


def test_slow_drip_counts_as_lost(fetch, server):
    server.fail("/files/a.bin", faults.drip(0.01))
    assert fetch()[1] == CONTENT
    assert ranges(server)[0] is None
    assert int(ranges(server)[1].removeprefix("bytes=")[:-1]) < 1000


def test_silence_counts_as_lost(fetch, server):
    server.fail("/files/a.bin", faults.drip(5))
    assert fetch()[1] == CONTENT


def test_web_page_with_status_200_then_the_file(fetch, server, tmp_path):
    server.fail("/files/a.bin", faults.reset(after=300_000))
    server.fail("/files/a.bin", faults.html_page())
    assert fetch()[1] == CONTENT
    # The page did not cost the part that was there.
    assert ranges(server) == [None, "bytes=300000-", "bytes=300000-"]


def test_damaged_on_the_way_then_whole(fetch, server):
    server.fail("/files/a.bin", faults.corrupt())
    assert fetch(checksum=MD5)[1] == CONTENT


@pytest.mark.parametrize("times", [1, 2])
def test_checksum_that_the_server_announces(fetch, server, times):
    server.files["a.bin"] = Answer(CONTENT, md5=True)
    server.fail("/files/a.bin", faults.corrupt(), times=times)
    if times == 1:
        described, content = fetch()
        assert (described["checksum"], content) == (MD5, CONTENT)
    else:
        with pytest.raises(InputError, match="sent it damaged, twice: its md5 is"):
            fetch()


def test_truncated_gzip_then_whole(fetch, server):
    content = gzip.compress(os.urandom(100_000))
    server.files["a.gz"] = Answer(content, length=False)
    server.fail("/files/a.gz", faults.cut())
    assert fetch("a.gz")[1] == content


def test_gzip_file_that_is_declared_as_compressed_transfer_stays_as_it_is(fetch, server):
    content = gzip.compress(CONTENT)
    server.files["a.gz"] = Answer(content, headers={"Content-Encoding": "gzip"})
    assert fetch("a.gz")[1] == content


# What lasts: one sentence each.

MIRROR = "set mirrors.files in config/config.yaml to another server."
BROKEN = f"The service is broken: try again later, see https://files.org, or {MIRROR}"
LASTING = [
    pytest.param(
        faults.html_page(),
        "answered with text/html instead of the file a.bin. The service is down or has moved (see https://files.org): "
        f"try again later, or {MIRROR}",
        id="web page",
    ),
    pytest.param(
        faults.status(503),
        "answered 503 Service Unavailable, 4 times. The service is overloaded or down: try again later, or " + MIRROR,
        id="503",
    ),
    pytest.param(
        faults.status(404),
        "answered 404 Not Found. Check the name in your settings; if the service has moved (see https://files.org), "
        f"{MIRROR}",
        id="404",
    ),
    pytest.param(
        faults.status(403),
        "answered 403 Forbidden. The service does not let you in. See its terms (https://files.org).",
        id="403",
    ),
    pytest.param(
        faults.reset(after=10),
        "broke off its answer, 4 times: Connection reset by peer. What has arrived is kept: start again later to go "
        f"on, or {MIRROR}",
        id="reset",
    ),
    pytest.param(
        faults.drip(1),
        "broke off its answer, 4 times: no answer in time. What has arrived is kept: start again later to go on, or "
        f"{MIRROR}",
        id="drip",
    ),
    pytest.param(
        faults.gzipped_on_the_way(),
        f"answered with Content-Encoding gzip, which was not asked for. {BROKEN}",
        id="compressed transfer",
    ),
    pytest.param(
        faults.corrupt(0),
        "sent it damaged, twice: its md5 is {found} and should be {expected}. The service or the way to it is broken: "
        f"try again later, see https://files.org, or {MIRROR}",
        id="wrong checksum",
    ),
]


@pytest.mark.parametrize(("fault", "sentence"), LASTING)
def test_lasting_trouble_gets_one_sentence(fetch, server, tmp_path, fault, sentence):
    server.fail("/files/a.bin", fault, times=20)
    with pytest.raises(InputError) as error:
        fetch(checksum=MD5)
    found = hashlib.md5(faults.corrupt(0)(Answer(CONTENT)).body).hexdigest()
    url = f"{server.mirror('files')}/a.bin"
    known = {"found": found, "expected": MD5[4:]}
    assert str(error.value) == f"Files: 127.0.0.1, asked for {url}, {sentence.format(**known)}"
    assert not (tmp_path / "cache/a.bin").exists()


def test_another_size_than_the_ledger_knows(fetch):
    with pytest.raises(InputError, match="has 1,024,000 bytes under this name where 1,000 were expected"):
        fetch(size=1000)


def test_truncated_gzip(fetch, server):
    server.files["a.gz"] = Answer(gzip.compress(os.urandom(100_000)))
    server.fail("/files/a.gz", faults.cut(), times=2)
    with pytest.raises(InputError, match="damaged, twice: Compressed file ended before the end-of-stream"):
        fetch("a.gz")


def test_web_page_that_pretends_to_be_data(fetch, server):
    server.files["a.bin"] = Answer(b"\n<!DOCTYPE html>\n<html><body>Sorry</body></html>")
    with pytest.raises(InputError, match="sent it damaged, twice: a web page came instead"):
        fetch()


def test_bomb_is_not_kept(fetch, server, tmp_path, monkeypatch):
    monkeypatch.setattr("syncohort.sources.download.archives.HARMLESS", 1_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(10_000_000))
    server.files["a.zip"] = Answer(tmp_path / "a.zip")
    with pytest.raises(InputError, match="as an archive made to fill disks does"):
        fetch("a.zip")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("name", ["../a.bin", "/etc/a.bin", "b/../../a.bin", "c:/a.bin", "..\\a.bin"])
def test_name_that_leads_out_of_the_folder(server, client, tmp_path, name):
    with pytest.raises(InputError, match="which would lie outside its folder"):
        fetch_file(RemoteFile(client.url("a.bin"), name), tmp_path / "cache", client, Progress("files/test", 1))
    assert server.requests == []


# The disk.


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
@pytest.mark.parametrize("told", [True, False], ids=["length is told", "length is not told"])
def test_full_disk_then_room(fetch, server, tmp_path, told):
    folder = tmp_path / "cache"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        server.files["a.bin"] = Answer(CONTENT, etag='"1"', length=told)
        with pytest.raises(InputError, match=f"The disk is full: {folder / 'a.bin'} could not be written"):
            fetch()
        assert partial(tmp_path).exists() is not told
        subprocess.run(["mount", "-o", "remount,size=4m", folder], check=True)
        assert fetch()[1] == CONTENT
        assert told or ranges(server)[-1] is not None
    finally:
        subprocess.run(["umount", folder], check=True)


def test_other_errors_of_the_disk_are_not_hidden(fetch, monkeypatch):
    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("syncohort.sources.download.partial.PartialFile.append", fail)
    with pytest.raises(OSError, match="Input/output error"):
        fetch()


@pytest.mark.parametrize(
    ("headers", "checksum"),
    [
        ({"Content-MD5": "900150983CD24FB0D6963F7D28E17F72"}, "md5:900150983cd24fb0d6963f7d28e17f72"),
        ({"Content-MD5": "kAFQmDzST7DWlj99KOF/cg=="}, "md5:900150983cd24fb0d6963f7d28e17f72"),
        ({"x-goog-hash": "crc32c=n03x6A==,md5=kAFQmDzST7DWlj99KOF/cg=="}, "md5:900150983cd24fb0d6963f7d28e17f72"),
        ({"x-goog-hash": "crc32c=n03x6A=="}, None),
        ({"Content-MD5": "nonsense"}, None),
        ({}, None),
    ],
)
def test_announced_checksum(headers, checksum):
    assert announced_checksum(headers) == checksum
