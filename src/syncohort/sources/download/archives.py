"""Archives from elsewhere: nothing outside the folder, no links out, no end without end."""

import gzip
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from syncohort.core.errors import InputError

CHUNK = 1 << 20
# Unpacked bytes that are never too many, and how many times an archive's own size may be.
HARMLESS = 1 << 30
EXPANSION = 200
DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, zipfile.BadZipFile, tarfile.TarError)


class DamagedArchive(InputError):
    """An archive that cannot be read to its end, and what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged or cut off: {reason}. Delete it, then start again.")
        self.reason = reason


def safe_name(name: str, where: str) -> PurePosixPath:
    """Check a file's name that came from elsewhere: relative, and never upwards.

    Raises
    ------
    InputError
        When it could lead out of the folder.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise InputError(
            f"{where} names a file {name!r}, which would lie outside its folder. It is not what it claims to be: "
            "delete it, and do not use where it came from."
        )
    return path


def check_whole(path: Path) -> None:
    """Read an archive to its end: cut off, damaged or endless ones are found. Other files are taken as they are.

    Parameters
    ----------
    path
        The file; .gz (.tgz), .zip and .tar are archives.

    Raises
    ------
    DamagedArchive
        When it is not whole.
    InputError
        When it expands beyond reason.
    """
    with _readable(path):
        suffix = path.name.removesuffix(".partial").rpartition(".")[2]
        if suffix in ("gz", "tgz") and not path.stat().st_size:
            raise EOFError("it is empty")
        match suffix:
            case "gz" | "tgz":
                budget = Budget(path)
                with gzip.open(path) as opened:
                    while block := opened.read(CHUNK):
                        budget.spend(len(block))
            case "zip":
                with zipfile.ZipFile(path) as opened:
                    _afford(path, opened)
                    if damaged := opened.testzip():
                        raise zipfile.BadZipFile(f"its member {damaged} is damaged")
            case "tar":
                with tarfile.open(path) as opened:
                    for _ in opened:
                        pass


def extract(path: Path, folder: Path) -> list[Path]:
    """Unpack an archive into a folder, which appears whole or not at all.

    Parameters
    ----------
    path
        A .zip, .tar, .tar.gz or .tgz file.
    folder
        Where to; must not exist.

    Returns
    -------
    list
        The files, in the order of their names.

    Raises
    ------
    InputError
        When the archive is damaged, expands beyond reason, or names anything outside the folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary, _readable(path):
        if zipfile.is_zipfile(path):
            _extract_zip(path, Path(temporary) / "all")
        else:
            _extract_tar(path, Path(temporary) / "all")
        (Path(temporary) / "all").rename(folder)
    return sorted(found for found in folder.rglob("*") if found.is_file())


def _extract_zip(path: Path, folder: Path) -> None:
    folder.mkdir()
    with zipfile.ZipFile(path) as opened:
        _afford(path, opened)
        for entry in opened.infolist():
            target = folder / safe_name(entry.filename, str(path))
            if entry.is_dir():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(entry) as source, open(target, "wb") as written:
                shutil.copyfileobj(source, written, CHUNK)


def _extract_tar(path: Path, folder: Path) -> None:
    folder.mkdir()
    budget = Budget(path)
    with tarfile.open(path) as opened:
        for member in opened:
            safe_name(member.name, str(path))
            budget.spend(member.size)
            # Refuses links that lead out, devices and the like, and drops odd permissions.
            opened.extract(member, folder, filter="data")


def _afford(path: Path, opened: zipfile.ZipFile) -> None:
    """Add up what the members state: they never unpack to more than that."""
    budget = Budget(path)
    for entry in opened.infolist():
        budget.spend(entry.file_size)


class Budget:
    """How much an archive may unpack to.

    Parameters
    ----------
    path
        The archive.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.packed, self.spent = path, path.stat().st_size, 0

    def spend(self, size: int) -> None:
        """Count bytes.

        Raises
        ------
        InputError
            When there are more of them than any honest archive has.
        """
        self.spent += size
        if self.spent > max(HARMLESS, EXPANSION * self.packed):
            raise InputError(
                f"{self.path} would unpack to more than {self.spent / 1e9:.1f} GB from {self.packed / 1e6:.1f} MB, as "
                "an archive made to fill disks does. Delete it, and do not use where it came from."
            )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except tarfile.FilterError as error:
        raise InputError(
            f"{path} holds what would lie outside its folder ({error}). It is not what it claims to be: delete it, and "
            "do not use where it came from."
        ) from error
    except DAMAGED as error:
        # Of tar's errors, further lines say which kinds of archive it is not.
        reason = str(error).partition("\n")[0].rstrip(".:")
        raise DamagedArchive(path, reason or type(error).__name__) from error
