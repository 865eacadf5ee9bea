"""Runs Lambda functions in LocalStack without containers: the `bootstrap` of a function is a process on this computer.

LocalStack 4.14.0 lets a plugin run the execution environments of a function; `LAMBDA_RUNTIME_EXECUTOR=host` selects
this plugin. Each environment has one process, and one server on loopback that serves the Runtime API to the process.
As on AWS, the next event restarts an environment that ended or failed to start, and the restart counts towards the
timeout of that event; a process that exceeds the timeout is killed; a response above 6 MB is an error.

Only functions in a zip with a `provided` runtime are supported, without layers and extensions. Memory is measured but
not limited, and an environment is not frozen between two events.
"""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import FunctionVersion, InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

LOOPBACK = "127.0.0.1"
API = "/2018-06-01/runtime"
INIT_SECONDS = 10  # The limit that AWS sets for initialization.

# The kernel kills the process when LocalStack ends for any reason. The check of the parent process
# covers the case that LocalStack ended before `setpriv` took effect. The shell removes its own
# variables from the environment.
START = ["setpriv", "--pdeathsig", "KILL", "sh", "-c", 'unset PWD OLDPWD SHLVL _; [ $PPID = "$0" ] && exec ./bootstrap']

# Variables that LocalStack sets for its own init process, and that AWS does not set for these
# runtimes.
NOT_SET_BY_AWS = {"AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_TIMEOUT", "EDGE_PORT"}


class HostExecutorPlugin(RuntimeExecutorPlugin):
    name = "host"

    def load(self, *args, **kwargs):
        return HostExecutor


class HostExecutor(RuntimeExecutor):
    """An execution environment, with the interface that LocalStack expects."""

    def __init__(self, id: str, function_version: FunctionVersion) -> None:
        super().__init__(id, function_version)
        self.folder = Path(tempfile.mkdtemp(prefix="lambda-"))
        (self.folder / "tmp").mkdir()
        self.log = open(self.folder / "log", "w+b")
        self.box: Sandbox | None = None
        self.lock = threading.Lock()
        self.stopped = False

    def start(self, env_vars: dict[str, str]) -> None:
        own = self.function_version.config.environment or {}
        self.code = self.function_version.config.code.get_unzipped_code_location()
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "en_US.UTF-8", "TMPDIR": str(self.folder / "tmp")}
        for name, value in env_vars.items():
            if value is not None and (name in own or not (name.startswith("LOCALSTACK_") or name in NOT_SET_BY_AWS)):
                self.env[name] = str(value)
        self.env["LAMBDA_TASK_ROOT"] = str(self.code)
        self._restart()
        # If the start fails here, the first event starts the process again and returns the error.
        self.box.settled.wait(INIT_SECONDS)
        if not self.box.ready:
            self.box.close()

    def _restart(self) -> None:
        with self.lock:
            if self.box:
                self.box.close()
            if self.stopped:
                raise RuntimeError(f"the environment {self.id} was stopped")
            self.box = Sandbox(self.code, self.env, self.folder / "log")

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        request, limits = payload["invoke-id"], self.function_version.config
        started = time.monotonic()
        if self.box.ended:
            self._restart()
        box, is_first = self.box, self.box.is_new
        event = Event(payload, time.time() + limits.timeout)
        status = ""
        try:
            response, is_error = box.send(event).result(limits.timeout)
        except FutureTimeout:
            box.close()
            message = f"RequestId: {request} Error: Task timed out after {limits.timeout:.2f} seconds"
            response, is_error = failure("Sandbox.Timedout", message), True
            status = "Status: timeout\t"
        took = (time.monotonic() - started) * 1000
        report = (
            f"REPORT RequestId: {request}\tDuration: {took:.2f} ms\tBilled Duration: {int(took) + 1} ms\t"
            f"Memory Size: {limits.memory_size} MB\tMax Memory Used: {box.peak_mb} MB\t"
        )
        if is_first and box.ready:
            report += f"Init Duration: {box.init_ms:.2f} ms\t"
        version = self.function_version.id.qualifier
        logs = f"START RequestId: {request} Version: {version}\n{self._read_log()}END RequestId: {request}\n{report}{status}\n"
        return InvocationResult(request, response, is_error=is_error, logs=logs)

    def _read_log(self) -> str:
        """Returns the output since the last call. The process has written all of it before its response arrives."""
        try:
            self.log.seek(0)
            text = self.log.read().decode(errors="replace")
            self.log.truncate(0)
        except ValueError:
            return ""  # The file is closed: the environment was stopped.
        return text if not text or text.endswith("\n") else text + "\n"

    def stop(self) -> None:
        with self.lock:
            self.stopped = True
            if self.box:
                self.box.close()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def get_logs(self) -> str:
        return "" if self.log.closed else (self.folder / "log").read_text(errors="replace")

    def get_address(self) -> str:
        return LOOPBACK

    def get_endpoint_from_executor(self) -> str:
        return config.GATEWAY_LISTEN[0].host

    def get_runtime_endpoint(self) -> str:
        return ""  # Only LocalStack's init process needs this endpoint, and it is not used here.

    @classmethod
    def prepare_version(cls, function_version: FunctionVersion) -> None:
        code = function_version.config.code
        if code is None:
            raise ValueError("lambda-host runs functions from a zip, not from an image")
        code.prepare_for_execution()
        if not (code.get_unzipped_code_location() / "bootstrap").is_file():
            raise ValueError("the zip has no `bootstrap` at its root")

    @classmethod
    def cleanup_version(cls, function_version: FunctionVersion) -> None:
        pass


class Event:
    """An event and its outcome: the response, and whether it is an error."""

    def __init__(self, payload: dict[str, str], deadline: float) -> None:
        self.request = payload["invoke-id"]
        self.body = payload["payload"].encode()
        self.outcome: Future[tuple[bytes, bool]] = Future()
        self.headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": self.request,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": payload["invoked-function-arn"],
            "Lambda-Runtime-Trace-Id": payload["trace-id"],
        }

    def settle(self, response: bytes, is_error: bool) -> None:
        """Sets the outcome. Only the first call has an effect."""
        with contextlib.suppress(InvalidStateError):
            self.outcome.set_result((response, is_error))


class Sandbox:
    """A process and its Runtime API server. A sandbox is not restarted: a new one replaces it."""

    def __init__(self, code: Path, env: dict[str, str], log: Path) -> None:
        self.events: queue.Queue[Event | None] = queue.Queue()
        self.event: Event | None = None
        self.settled = threading.Event()  # The process has requested its first event, or has ended before that.
        self.ready = False
        self.is_new = True
        self.init_error: bytes | None = None
        self.init_ms = 0.0
        self.peak_mb = 0
        self.started = time.monotonic()
        self.server = ThreadingHTTPServer((LOOPBACK, 0), type("Handler", (Handler,), {"box": self}))
        self.server.daemon_threads = True
        env = env | {"AWS_LAMBDA_RUNTIME_API": f"{LOOPBACK}:{self.server.server_port}"}
        self.process: subprocess.Popen | None = None
        spawned = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()
        threading.Thread(target=self._run, args=(code, env, log, spawned), daemon=True).start()
        spawned.wait()
        if self.process is None:
            raise RuntimeError("could not start the process; see LocalStack's output")

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def _run(self, code: Path, env: dict[str, str], log: Path, spawned: threading.Event) -> None:
        # The kernel regards this thread as the parent of the process, so the thread must live until the
        # process has ended.
        try:
            with log.open("ab") as out:
                command = [*START, str(os.getpid())]
                self.process = subprocess.Popen(
                    command, cwd=code, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
                )
        finally:
            spawned.set()
        status = self.process.wait()
        self.settled.set()
        how = f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        if self.event:
            self.event.settle(self._exit_error(self.event, f"with error: {how}"), True)
        self.events.put(None)
        self.server.shutdown()
        self.server.server_close()

    def send(self, event: Event) -> Future:
        self.event, self.is_new = event, False
        self.events.put(event)
        if self.ended:  # The process may have ended before the event was in the queue.
            event.settle(self._exit_error(event, "without providing a reason"), True)
        return event.outcome

    def _exit_error(self, event: Event, how: str) -> bytes:
        return self.init_error or failure("Runtime.ExitError", f"RequestId: {event.request} Error: Runtime exited {how}")

    def next_event(self) -> Event | None:
        if not self.ready:
            self.init_ms = (time.monotonic() - self.started) * 1000
            self.ready = True
            self.settled.set()
        return self.events.get()

    def measure(self) -> None:
        with contextlib.suppress(OSError, IndexError):  # The process may have ended.
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            self.peak_mb = int(status.partition("VmHWM:")[2].split()[0]) // 1024

    def close(self) -> None:
        """Kills the process, as AWS does with functions that have no extensions."""
        self.measure()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Handler(BaseHTTPRequestHandler):
    """The Runtime API of one sandbox."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Send head and body in one packet. A second packet would wait 40 ms for the acknowledgement of the first.
    box: Sandbox

    def do_GET(self) -> None:
        if self.path != f"{API}/invocation/next":
            return self._respond(404)
        event = self.box.next_event()
        if event is None:
            self.close_connection = True
        else:
            self._respond(200, event.body, event.headers)

    def do_POST(self) -> None:
        body, box = self._body(), self.box
        limit = config.LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES
        match self.path.removeprefix(f"{API}/").split("/"):
            case ["init", "error"]:
                box.init_error = body
                if box.event:
                    box.event.settle(body, True)
                return self._respond(202, b'{"status":"OK"}')
            case ["invocation", request, "response" | "error" as outcome]:
                event = box.event
            case _:
                return self._respond(404)
        box.measure()
        if event is None or event.request != request or event.outcome.done():
            self._respond(400, failure("InvalidRequestID", "not the current event"))
        elif len(body) > limit:
            message = f"Response payload size exceeded maximum allowed payload size ({limit} bytes)."
            self._respond(413, failure("RequestEntityTooLarge", message))
            event.settle(failure("Function.ResponseSizeTooLarge", message), True)
        else:
            # Respond to the process before the caller, because the caller may send the next event at once.
            self._respond(202, b'{"status":"OK"}')
            event.settle(body, outcome == "error")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # Skip the trailers.
        return bytes(body)

    def _respond(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {"Content-Type": "application/json"}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args) -> None:
        pass


def failure(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
