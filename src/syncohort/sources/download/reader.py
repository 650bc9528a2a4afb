"""An answer's body, block by block, given up when it merely drips."""

import time

import urllib3

from syncohort.sources.download.client import Client

BLOCK = 1 << 18


class Reader:
    """Reads what has come, without waiting for more.

    Parameters
    ----------
    raw
        The answer.
    client
        Its client, which may be cancelled and knows how slow is too slow.
    """

    def __init__(self, raw: urllib3.HTTPResponse, client: Client) -> None:
        self.raw, self.client = raw, client
        self.since, self.arrived = time.monotonic(), 0

    def read(self, size: int = BLOCK) -> bytes:
        """Read at most `size` bytes; none at the end.

        Raises
        ------
        urllib3.exceptions.HTTPError
            When the answer breaks off, stalls, or has come too slowly for as long as silence would be suffered.
        Cancelled
            When the download is to stop.
        """
        self.client.wait(0)
        block = self.raw.read1(size)
        self.arrived += len(block)
        seconds = time.monotonic() - self.since
        if block and seconds > self.client.patience.read:
            if self.arrived < self.client.patience.slowest * seconds:
                raise urllib3.exceptions.ReadTimeoutError(None, None, f"{self.arrived} bytes in {seconds:.0f} s")
            self.since, self.arrived = time.monotonic(), 0
        return block
