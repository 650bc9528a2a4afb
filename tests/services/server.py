"""A threaded HTTP server of all services, with ranges, chunks and faults."""

import importlib
import pkgutil
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.services.exchange import Answer, Request, text_answer
from tests.services.faults import Fault

CHUNK = 1 << 20
# The service of what a test or benchmark puts into `Server.files`.
FILES = "files"
# Close with a reset: nothing lingers.
RESET = struct.pack("ii", 1, 0)


def find_services() -> dict[str, ModuleType]:
    """Find the services: modules of this package with a function `answer`."""
    package = importlib.import_module("tests.services")
    names = [module.name for module in pkgutil.iter_modules(package.__path__) if module.name != "__main__"]
    modules = {name: importlib.import_module(f"tests.services.{name}") for name in names}
    return {name.replace("_", "-"): module for name, module in modules.items() if hasattr(module, "answer")}


@dataclass
class PlannedFault:
    """A fault for the next `times` requests of paths that match."""

    pattern: re.Pattern
    fault: Fault
    times: int


class Server(ThreadingHTTPServer):
    """All services on one port of this computer; a context manager.

    Parameters
    ----------
    port
        Port; 0 takes a free one.
    certificate, key
        PEM files; with them it speaks TLS.

    Attributes
    ----------
    files
        Name → answer, for whatever no real service has: `/files/<name>`.
    requests
        What was asked so far.
    busiest
        Most answers that were under way at one time.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0, certificate: Path | None = None, key: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self.scheme = "https"
        self.services = find_services()
        self.files: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self.busiest = 0
        self._busy = 0
        self._faults: list[PlannedFault] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that go away are part of the weather."""

    @property
    def url(self) -> str:
        """Address of the server."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def mirror(self, service: str) -> str:
        """Address of a service, to be set as `mirrors.<service>`."""
        return f"{self.url}/{service}"

    @property
    def mirrors(self) -> dict[str, str]:
        """Address of every service."""
        return {name: self.mirror(name) for name in self.services}

    def fail(self, path: str, fault: Fault, times: int = 1) -> None:
        """Plan a fault for the next requests whose whole path, such as `/kegg/get/hsa05211`, matches a pattern."""
        self._faults.append(PlannedFault(re.compile(path), fault, times))

    def answer(self, request: Request) -> Answer:
        """Ask the service, then let the weather have its way."""
        module = self.services.get(request.service)
        answer = self.files.get(request.path[1:]) if request.service == FILES else module and module.answer(request)
        answer = answer or text_answer("Not Found\n", 404)
        with self._lock:
            self.requests.append(request)
            for planned in self._faults:
                if planned.times and planned.pattern.fullmatch(f"/{request.service}{request.path}"):
                    planned.times -= 1
                    return planned.fault(answer)
        return answer

    def begin(self) -> None:
        """Count an answer that is under way."""
        with self._lock:
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)

    def end(self) -> None:
        """Count an answer that is out."""
        with self._lock:
            self._busy -= 1


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    # One packet for the headers, and the body at once after it.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    server: Server

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing; `requests` has it all."""

    def do_GET(self) -> None:
        """Answer."""
        url = urlsplit(self.path)
        service, _, path = unquote(url.path).removeprefix("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        request = Request(self.command, service, f"/{path}", query, self.headers, body, time.monotonic())
        self.busy = True
        self.server.begin()
        try:
            self._send(self.server.answer(request))
        finally:
            self._end()

    do_HEAD = do_POST = do_GET

    def _send(self, answer: Answer) -> None:
        first, last = 0, answer.size - 1
        fields = answer.header_fields()
        status = answer.status
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        condition = self.headers.get("If-Range")
        if wanted and answer.ranges and status == 200 and condition in (None, answer.etag, answer.modified):
            first = int(wanted[1])
            if first > last:
                status, fields["Content-Range"] = 416, f"bytes */{answer.size}"
            else:
                last = min(int(wanted[2] or last), last)
                status, fields["Content-Range"] = 206, f"bytes {first}-{last}/{answer.size}"
        length = 0 if status == 416 else last - first + 1
        fields |= {"Content-Length": str(length)} if answer.length else {"Transfer-Encoding": "chunked"}
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        left = length
        for block in self._blocks(answer, first, length):
            if answer.drips:
                self.wfile.flush()
                time.sleep(answer.drips)
            left -= len(block)
            if not left:
                # Who has the last block may ask again before we are back here.
                self._end()
            self.wfile.write(block if answer.length else b"%x\r\n%s\r\n" % (len(block), block))
        if answer.resets_after is not None and answer.resets_after < length:
            self._reset()
        elif not answer.length:
            self.wfile.write(b"0\r\n\r\n")

    def _end(self) -> None:
        if self.busy:
            self.busy = False
            self.server.end()

    def _blocks(self, answer: Answer, first: int, length: int) -> Iterator[bytes]:
        """Give the part of the body that is sent, in blocks."""
        length = length if answer.resets_after is None else min(length, answer.resets_after)
        step = 1 if answer.drips else CHUNK
        if not isinstance(answer.body, Path):
            part = answer.body[first : first + length]
            yield from (part[start : start + step] for start in range(0, length, step))
            return
        with open(answer.body, "rb") as opened:
            opened.seek(first)
            for start in range(0, length, step):
                yield opened.read(min(step, length - start))

    def _reset(self) -> None:
        self.wfile.flush()
        # What was sent shall arrive: a reset throws away what the other side has not read.
        time.sleep(0.05)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.connection.close()
        self.close_connection = True
