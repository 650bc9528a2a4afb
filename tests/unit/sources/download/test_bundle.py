"""Several files come in one archive, each verified, and one by one when archives fail."""

import hashlib
import io
import tarfile
from dataclasses import replace

import pytest

from syncohort.sources.download.bundle import fetch_group, group_files
from syncohort.sources.download.progress import Progress
from syncohort.sources.download.remote_file import RemoteFile
from tests.services import faults
from tests.services.exchange import Answer

CONTENT = {f"id{number}": bytes([number]) * (1000 + number) for number in range(6)}
ARCHIVE = "bundle/"


def pack(identities, mode="w:gz", **extra):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as opened:
        members = {"MANIFEST.txt": b"id\n"} | {f"{identity}/a.tsv": CONTENT[identity] for identity in identities}
        for name, content in ({name: extra[name] for name in extra.keys() - members.keys()} | members | extra).items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture
def files(server, client):
    """Six files, which the server has one by one, and together in whatever parts are asked for."""
    server.files |= {f"{identity}.tsv": Answer(content) for identity, content in CONTENT.items()}
    for first in range(6):
        left = list(CONTENT)[first:]
        server.files[f"{ARCHIVE}{','.join(left)}"] = Answer(pack(left), ranges=False, length=False)
    bundle = client.url(f"{ARCHIVE}{{}}")
    return [
        RemoteFile(
            client.url(f"{identity}.tsv"),
            f"files/{identity}/a.tsv",
            size=len(content),
            checksum=f"md5:{hashlib.md5(content).hexdigest()}",
            bundle=bundle,
            identity=identity,
        )
        for identity, content in CONTENT.items()
    ]


@pytest.fixture
def fetch(files, client, tmp_path):
    def fetch_it(files=files):
        fetched = fetch_group(files, tmp_path / "cache", client, Progress("files/test", len(files)))
        assert {file["name"] for file in fetched} == {file.name for file in files}
        for file in files:
            assert (tmp_path / "cache" / file.name).read_bytes() == CONTENT[file.identity]
        assert not list((tmp_path / "cache").rglob("*.partial*"))
        return fetched

    return fetch_it


def asked(server):
    return [request.path[1:] for request in server.requests]


def test_groups(files):
    single = RemoteFile("http://a", "a")
    many = [replace(files[0], identity=str(number)) for number in range(90)]
    groups = group_files([single, *many])
    assert [len(group) for group in groups] == [1, 40, 40, 10]
    assert groups[0] == [single]


def test_one_request_for_all(fetch, server):
    fetched = fetch()
    assert asked(server) == [f"{ARCHIVE}id0,id1,id2,id3,id4,id5"]
    assert fetched[0]["checksum"].startswith("md5:")
    assert fetched[0]["url"].endswith("/id0.tsv")


def test_plain_tar(fetch, server):
    server.files[f"{ARCHIVE}id0,id1,id2,id3,id4,id5"] = Answer(pack(CONTENT, "w"))
    fetch()
    assert len(asked(server)) == 1


def test_a_group_of_one_is_the_file_itself(fetch, files, server):
    fetch(files[:1])
    assert asked(server) == ["id0.tsv"]


def test_archive_that_breaks_off_is_gone_on_with(fetch, server):
    address = f"{ARCHIVE}id0,id1,id2,id3,id4,id5"
    server.files[address] = Answer(pack(CONTENT, "w"))
    # Headings have 512 bytes, contents are padded to 1,024; the manifest takes 1,024 in all.
    server.fail(f"/files/{address}", faults.reset(after=1024 + 3 * 1536 + 100))
    fetch()
    assert asked(server) == [address, f"{ARCHIVE}id3,id4,id5"]


def test_when_one_is_left_it_is_asked_for_alone(fetch, server):
    address = f"{ARCHIVE}id0,id1,id2,id3,id4,id5"
    server.files[address] = Answer(pack(CONTENT, "w"))
    server.fail(f"/files/{address}", faults.reset(after=1024 + 5 * 1536 + 100))
    fetch()
    assert asked(server) == [address, "id5.tsv"]


BROKEN = {
    "archive that is cut off": Answer(pack(CONTENT)[:-100]),
    "archive that lacks a file": Answer(pack(list(CONTENT)[:5])),
    "damaged file": Answer(pack(CONTENT, **{"id2/a.tsv": bytes(1002)})),
    "file that is too large": Answer(pack(CONTENT, **{"id2/a.tsv": bytes(50_000)})),
    "large file that nobody asked for": Answer(pack(CONTENT, aaa=bytes(11_000_000))),
    "no archive": Answer(b"nothing of the kind"),
    "server that is overwhelmed": Answer(status=500),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_what_archives_fail_to_bring_is_fetched_file_by_file(fetch, server, answer):
    for name in list(server.files):
        if name.startswith(ARCHIVE):
            server.files[name] = answer
    fetch()
    assert any(name.endswith(".tsv") for name in asked(server))


def test_members_cannot_choose_where_they_go(fetch, server, tmp_path):
    evil = pack(CONTENT, **{"../../evil": b"x", "/tmp/evil": b"x"})
    server.files[f"{ARCHIVE}id0,id1,id2,id3,id4,id5"] = Answer(evil)
    fetch()
    assert not list(tmp_path.rglob("evil"))
