"""Archives from elsewhere cannot reach out of their folder, fill the disk or pass for whole."""

import gzip
import io
import tarfile
import zipfile

import pytest

from syncohort.core.errors import InputError
from syncohort.sources.download import archives
from syncohort.sources.download.archives import DamagedArchive, check_whole, extract

FILES = {"a.txt": b"first", "b/c.txt": b"second" * 1000}
OUTSIDE = ["../a.txt", "/tmp/a.txt", "b/../../a.txt", "C:/a.txt", "..\\a.txt"]


@pytest.fixture
def make_zip(tmp_path):
    def make(files):
        path = tmp_path / "archive.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in files.items():
                opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return path

    return make


@pytest.fixture
def make_tar(tmp_path):
    def make(files, suffix=".tar.gz", **fields):
        path = tmp_path / f"archive{suffix}"
        with tarfile.open(path, "w:gz" if suffix.endswith("gz") else "w") as opened:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                for field, value in fields.items():
                    setattr(member, field, value)
                opened.addfile(member, io.BytesIO(content))
        return path

    return make


def test_zip(make_zip, tmp_path):
    found = extract(make_zip(FILES), tmp_path / "out")
    assert {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in found} == FILES


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz", ".tgz"])
def test_tar(make_tar, tmp_path, suffix):
    found = extract(make_tar(FILES, suffix), tmp_path / "out")
    assert {str(path.relative_to(tmp_path / "out")): path.read_bytes() for path in found} == FILES


def test_permissions_of_the_archive_are_not_taken(make_tar, tmp_path):
    (path,) = extract(make_tar({"a.txt": b"x"}, mode=0o6777), tmp_path / "out")
    assert path.stat().st_mode & 0o7022 == 0


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_that_lead_out_of_the_folder(make_zip, make_tar, tmp_path, kind, name):
    files = {"before.txt": b"x", name: b"evil"}
    path = make_zip(files) if kind == "zip" else make_tar(files)
    with pytest.raises(InputError) as error:
        extract(path, tmp_path / "deep/er/out")
    assert str(error.value) == (
        f"{path} names a file {name!r}, which would lie outside its folder. It is not what it claims to be: delete it, "
        "and do not use where it came from."
    )
    # Nothing is left, not even what came before.
    assert sorted(found.name for found in tmp_path.rglob("*") if found.is_file()) == [path.name]


@pytest.mark.parametrize(
    "fields",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.SYMTYPE, "linkname": "../../etc"},
        {"type": tarfile.LNKTYPE, "linkname": "../secret"},
        {"type": tarfile.CHRTYPE},
    ],
    ids=["absolute link", "relative link", "hard link", "device"],
)
def test_links_and_devices(make_tar, tmp_path, fields):
    with pytest.raises(InputError, match="holds what would lie outside its folder"):
        extract(make_tar({"a": b""}, **fields), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_link_within(make_tar, tmp_path):
    path = tmp_path / "archive.tar"
    with tarfile.open(path, "w") as opened:
        member = tarfile.TarInfo("a")
        member.size = 1
        opened.addfile(member, io.BytesIO(b"x"))
        member = tarfile.TarInfo("b")
        member.type, member.linkname = tarfile.SYMTYPE, "a"
        opened.addfile(member)
    assert [found.read_bytes() for found in extract(path, tmp_path / "out")] == [b"x", b"x"]


@pytest.fixture
def bomb(request, monkeypatch, make_zip, make_tar, tmp_path):
    monkeypatch.setattr(archives, "HARMLESS", 1_000_000)
    zeros = bytes(20_000_000)
    if request.param == "gz":
        (tmp_path / "a.gz").write_bytes(gzip.compress(zeros))
        return tmp_path / "a.gz"
    return make_zip({"a": zeros}) if request.param == "zip" else make_tar({"a": zeros})


@pytest.mark.parametrize("bomb", ["zip", "tar", "gz"], indirect=True)
def test_bombs_are_noticed_by_the_check(bomb):
    with pytest.raises(InputError, match="as an archive made to fill disks does"):
        check_whole(bomb)


@pytest.mark.parametrize("bomb", ["zip", "tar"], indirect=True)
def test_bombs_are_not_unpacked(bomb, tmp_path):
    with pytest.raises(InputError, match="as an archive made to fill disks does"):
        extract(bomb, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_member_that_lies_about_its_size(make_zip, tmp_path):
    path = make_zip({"a": bytes(100_000)})
    content = path.read_bytes()
    # The size of 100,000 bytes stands in the member's heading and in the directory at the end.
    path.write_bytes(content.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(DamagedArchive):
        extract(path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "gz"])
@pytest.mark.parametrize("damage", ["cut off", "changed", "empty"])
def test_damage(make_zip, make_tar, tmp_path, kind, damage):
    if kind == "gz":
        path = tmp_path / "a.gz"
        path.write_bytes(gzip.compress(FILES["b/c.txt"], compresslevel=0))
    else:
        path = make_zip(FILES) if kind == "zip" else make_tar(FILES, f".{kind}")
    check_whole(path)
    content = bytearray(path.read_bytes())
    if damage == "changed":
        # In tar only headings have a checksum; in zip the heading of the first member has 35 bytes.
        content[{"tar": 10, "zip": 36}.get(kind, len(content) // 2)] ^= 0xFF
    path.write_bytes({"cut off": content[: len(content) // 2], "changed": content, "empty": b""}[damage])
    with pytest.raises(DamagedArchive, match=f"{path} is damaged or cut off: .*. Delete it, then start again"):
        check_whole(path)


def test_other_files_are_taken_as_they_are(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\x1f\x8b")
    check_whole(tmp_path / "a.csv")
