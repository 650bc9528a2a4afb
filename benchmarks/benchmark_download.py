"""Throughput and peak memory of a 1 GB download against curl, from a server on this computer.

Run: python benchmarks/benchmark_download.py. Ours computes the SHA-256 for the dataset's record, curl does not; curl
followed by sha256sum does as much. Every measurement has a process of its own, and the ways take turns.
"""

import multiprocessing
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from syncohort.sources.download.cache import fetch_dataset, locks_of
from syncohort.sources.download.client import Client
from syncohort.sources.download.ledger import LedgerEntry, Source
from syncohort.sources.download.remote_file import RemoteFile
from tests.services.exchange import Answer
from tests.services.server import Server

SIZE = 1_000_000_000
REPETITIONS = 5


def serve(path: Path, address: multiprocessing.Queue) -> None:
    """Serve the file until the process is ended."""
    with Server() as server:
        server.files["big.bin"] = Answer(path, etag='"1"')
        address.put(server.mirror("files"))
        time.sleep(3600)


def ours(url: str, folder: Path) -> None:
    """Download as the workflow does."""
    source = Source("files", "Files", url, url)
    entry = LedgerEntry(source, "big", *[""] * 7, notice="", files=())
    client = Client(source, locks_of(folder))
    fetch_dataset(folder, entry, client, lambda: [RemoteFile(client.url("big.bin"), "big.bin")])


def nothing(url: str, folder: Path) -> None:
    """Download nothing: what the process needs anyway."""


def curl(url: str, folder: Path) -> None:
    """Download with curl."""
    subprocess.run(["curl", "--silent", "--output", folder / "big.bin", f"{url}/big.bin"], check=True)


def curl_and_sum(url: str, folder: Path) -> None:
    """Download with curl, then compute the checksum."""
    curl(url, folder)
    subprocess.run(["sha256sum", folder / "big.bin"], check=True, capture_output=True)


def measure(download, url: str, folder: Path) -> tuple[float, float]:
    """Seconds, and peak memory in MB of this process."""
    folder.mkdir()
    started = time.perf_counter()
    download(url, folder)
    seconds = time.perf_counter() - started
    if download is not nothing:
        assert (folder / "big.bin").stat().st_size == SIZE
    shutil.rmtree(folder)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure all ways in turns and print them with their ratios to ours."""
    processes = multiprocessing.get_context("spawn")
    ways = {"ours": ours, "curl": curl, "curl and sha256sum": curl_and_sum, "no download": nothing}
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as temporary:
        big = Path(temporary) / "served.bin"
        with open(big, "wb") as opened:
            block = bytes(range(256)) * 4000
            while opened.tell() < SIZE:
                opened.write(block[: SIZE - opened.tell()])
        address = processes.Queue()
        server = processes.Process(target=serve, args=(big, address), daemon=True)
        server.start()
        url = address.get()
        for _ in range(REPETITIONS):
            for name, download in ways.items():
                with processes.Pool(1, maxtasksperchild=1) as pool:
                    measured[name].append(pool.apply(measure, (download, url, Path(temporary) / "out")))
        server.terminate()
    median = {name: statistics.median(seconds for seconds, _ in runs) for name, runs in measured.items()}
    print(f"{SIZE / 1e9:.0f} GB, median of {REPETITIONS} runs")
    for name in ("ours", "curl", "curl and sha256sum"):
        rate, ratio = SIZE / 1e6 / median[name], median[name] / median["ours"]
        print(f"{name:<20}{median[name]:7.2f} s {rate:7.0f} MB/s   time / ours: {ratio:.2f}")
    peak, before = (max(memory for _, memory in measured[name]) for name in ("ours", "no download"))
    print(f"peak memory of ours: {peak:.0f} MB, of them {before:.0f} MB without any download")


if __name__ == "__main__":
    main()
