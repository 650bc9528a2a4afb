"""Run the services by hand: `python -m tests.services --port 8000`."""

import argparse
import contextlib
import inspect
import threading

from tests.services.server import Server


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.services", description="Public data services, in small.")
    parser.add_argument("--port", type=int, default=8000, help="port on this computer (8000)")
    with Server(parser.parse_args().port) as server:
        print("Serving, until Ctrl-C:")
        width = max(map(len, server.mirrors.values()))
        for name, module in server.services.items():
            print(f"  {server.mirror(name):<{width}}  {inspect.getdoc(module).splitlines()[0]}")
        print("\nTo use them, in config/config.yaml:\n\nmirrors:")
        for name, url in server.mirrors.items():
            print(f"  {name}: {url}")
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
