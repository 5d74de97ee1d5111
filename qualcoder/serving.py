"""Serving a home: the web server, its worker child, and the socket by which it is unsealed and sealed."""

from __future__ import annotations

import gc
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from qualcoder.core import sockets
from qualcoder.core.errors import Unavailable
from qualcoder.core.messages import N_
from qualcoder.home import Home
from qualcoder.vault import slots, staging
from qualcoder.worker import WorkerChild, dump_no_core, environment

TALK_SECONDS = 10.0


def serve(home: Home) -> None:
    """Serve until the process is told to end."""
    # The pages are a third of what a command would have to load; only this one shows any.
    from qualcoder.app import create_app

    settings = home.settings
    staging.sweep(settings.home)
    app = create_app(home)
    worker = WorkerChild(home)
    app.state.on_unsealed = worker.start
    dump_no_core()
    if not home.keyring.is_sealed:
        worker.start()
    _settle()
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
        proxy_headers=False,
    )
    with _vault_socket(home, worker):
        try:
            uvicorn.Server(config).run()
        finally:
            worker.stop()


def _settle() -> None:
    """What is loaded now stays until the end, so the collector need not look at it; a page makes 100,000 objects that
    die with the reply, and with Python's defaults (700) half of a long opening went to looking for cycles in them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@contextmanager
def _vault_socket(home: Home, worker: WorkerChild) -> Iterator[None]:
    path = home.settings.socket_file
    try:
        listener = sockets.listen(path)
    except OSError:
        sys.stderr.write("vault.sock can't be made here (is the path too long?); unseal on the page instead.\n")
        yield
        return
    threading.Thread(target=_answer, args=(listener, home, worker), daemon=True).start()
    try:
        yield
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _answer(listener: socket.socket, home: Home, worker: WorkerChild) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        connection.settimeout(TALK_SECONDS)
        with connection, connection.makefile("rw", encoding="utf-8") as talk:
            try:
                asked = json.loads(talk.readline(10_000))
                act, secret = str(asked["do"]), str(asked.get("secret", ""))
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue
            is_done = _do(act, secret, home, worker)
            talk.write(json.dumps({"done": is_done}) + "\n")
            talk.flush()
        if act == "seal":
            _start_anew(home)


def _do(act: str, secret: str, home: Home, worker: WorkerChild) -> bool:
    if act == "unseal":
        is_open = home.keyring.unseal(slots.typed_secrets(secret))
        if is_open:
            worker.start()
        return is_open
    if act == "seal":
        worker.stop()
        home.keyring.seal()
        return True
    return False


def _start_anew(home: Home) -> None:
    """Python can't wipe a key from memory, so a sealed server becomes a new process: always `serve`, never `demo`."""
    command = [sys.executable, "-m", "qualcoder", "serve"]
    os.execve(sys.executable, command, environment(replace(home.settings, stay_sealed=True)))  # noqa: S606  # no shell


def ask_server(home: Home, act: str, secret: str = "") -> bool:
    """Ask the serving process of this home to unseal or seal; whether it did."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(home.settings.socket_file))
        except OSError:
            raise Unavailable(N_("No server is running in this home.")) from None
        with connection.makefile("rw", encoding="utf-8") as talk:
            talk.write(json.dumps({"do": act, "secret": secret}) + "\n")
            talk.flush()
            answer = talk.readline()
    return bool(answer) and bool(json.loads(answer)["done"])
