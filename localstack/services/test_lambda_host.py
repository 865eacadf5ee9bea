"""Tests lambda-host with its own LocalStack instance. Run this file with LocalStack's Python:
"${HASHLAKE_TOOLS:-$HOME/.cache/hashlake-tools}/localstack/venv/bin/python" localstack/services/test_lambda_host.py"""

import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

# A function that executes the code in its event.
BOOTSTRAP = f"""#!{sys.executable}
import http.client, json, os, sys, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def post(path, body, **how):
    api.request("POST", "/2018-06-01/runtime/" + path, body, **how)
    response = api.getresponse(); response.read()
    return response.status
print("starting", flush=True)
if "INIT" in os.environ:
    exec(os.environ["INIT"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    response = api.getresponse(); event = json.loads(response.read())
    id = "invocation/" + response.getheader("Lambda-Runtime-Aws-Request-Id")
    left_ms = int(response.getheader("Lambda-Runtime-Deadline-Ms")) - time.time() * 1000
    def respond(value, **how): return post(id + "/response", json.dumps(value), **how)
    exec(event["do"])
"""
FAIL_AT_START = """post("init/error", json.dumps({"errorType": "Config", "errorMessage": "LAKE_URL is not set"})); sys.exit(1)"""


class LambdaHost(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.localstack, cls.lambda_, cls.logs = cls.start("first")

    @classmethod
    def tearDownClass(cls):
        cls.localstack.terminate()
        cls.localstack.wait()
        cls.folder.cleanup()

    @classmethod
    def start(cls, name):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            listen = f"127.0.0.1:{free.getsockname()[1]}"
        env = os.environ | {
            "LOCALSTACK_STATE": f"{cls.folder.name}/{name}", "GATEWAY_LISTEN": listen, "SERVICES": "lambda,iam,logs,s3,sts", "LEAKED": "yes",
        }
        program = Path(sys.executable).parents[3] / "bin/localstack"
        with open(f"{cls.folder.name}/{name}.log", "wb") as log:
            process = subprocess.Popen([program], env=env, stdout=log, stderr=log)
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{listen}/_localstack/health").close()
                break
            except OSError:
                time.sleep(0.1)
        options = {
            "endpoint_url": f"http://{listen}", "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test",
            "config": Config(retries={"total_max_attempts": 1}),
        }
        return process, boto3.client("lambda", **options), boto3.client("logs", **options)

    def function(self, lambda_=None, **env):
        lambda_ = lambda_ or self.lambda_
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as zip:
            zip.writestr("bootstrap", BOOTSTRAP)
        name = self.id().split(".")[-1][:64]  # AWS's limit is 64.
        lambda_.create_function(
            FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role="arn:aws:iam::000000000000:role/any", Timeout=2,
            Code={"ZipFile": package.getvalue()}, Environment={"Variables": env},
        )
        lambda_.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
        return name

    def invoke(self, name, do="respond(os.getpid())", lambda_=None):
        response = (lambda_ or self.lambda_).invoke(FunctionName=name, Payload=json.dumps({"do": do}), LogType="Tail")
        self.log = base64.b64decode(response["LogResult"]).decode()
        return response.get("FunctionError"), json.loads(response["Payload"].read())

    def assert_gone(self, pid):
        for _ in range(50):
            try:
                if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                    return
            except FileNotFoundError:
                return
            time.sleep(0.1)
        self.fail(f"process {pid} still runs")

    def test_environment_is_like_on_aws(self):
        name = self.function(LAKE_URL="s3://lake")
        _, (env, cwd, left_ms) = self.invoke(name, "respond([dict(os.environ), os.getcwd(), left_ms])")
        self.assertEqual((env["LAKE_URL"], env["AWS_LAMBDA_FUNCTION_NAME"], env["LAMBDA_TASK_ROOT"]), ("s3://lake", name, cwd))
        self.assertLess(0, left_ms)
        self.assertLessEqual(left_ms, 2000)
        for variable in ["LEAKED", "HOME", "PWD", "SHLVL", "VIRTUAL_ENV", "LOCALSTACK_STATE", "LOCALSTACK_HOSTNAME", "EDGE_PORT", "AWS_EXECUTION_ENV"]:
            self.assertNotIn(variable, env)

    def test_process_is_reused_for_the_next_event(self):
        name = self.function()
        self.assertEqual(self.invoke(name), self.invoke(name))

    def test_chunked_responses_errors_and_too_large_responses(self):
        name = self.function()
        chunks = 'post(id + "/response", iter([b"\\"a", b"b\\""]), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})'
        self.assertEqual(self.invoke(name, chunks), (None, "ab"))
        error = {"errorType": "Mine", "errorMessage": "no"}
        self.assertEqual(self.invoke(name, f'post(id + "/error", json.dumps({error}))'), ("Unhandled", error))
        self.assertEqual(self.invoke(name, 'respond("x" * 6_291_556)')[1]["errorType"], "Function.ResponseSizeTooLarge")

    def test_timeout_kills_the_process_and_the_next_event_gets_a_new_one(self):
        name = self.function()
        _, pid = self.invoke(name)
        kind, response = self.invoke(name, "time.sleep(60)")
        self.assertEqual((kind, response["errorType"]), ("Unhandled", "Sandbox.Timedout"))
        self.assert_gone(pid)
        self.assertNotEqual(self.invoke(name)[1], pid)

    def test_exit_of_the_process_is_an_error_and_the_next_event_gets_a_new_one(self):
        name = self.function()
        for end in ["sys.exit(0)", "sys.exit(7)", "os.kill(os.getpid(), 9)"]:
            self.assertEqual(self.invoke(name, end)[1]["errorType"], "Runtime.ExitError")
            self.assertIsNone(self.invoke(name)[0])

    def test_failed_start_is_reported_and_logged(self):
        name = self.function(INIT=FAIL_AT_START)
        self.assertEqual(self.invoke(name), ("Unhandled", {"errorType": "Config", "errorMessage": "LAKE_URL is not set"}))
        self.assertIn("starting\n", self.log)

    def test_concurrent_events_get_a_process_each(self):
        name, pids = self.function(), []
        send_event = lambda: pids.append(self.invoke(name, "time.sleep(1); respond(os.getpid())")[1])
        threads = [threading.Thread(target=send_event) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(pids)), 3)

    def test_logs_reach_cloudwatch(self):
        name = self.function()
        self.invoke(name, 'print("hello", flush=True); respond(1)')
        self.assertRegex(self.log, r"(?s)^START .*\nstarting\nhello\nEND .*\nREPORT .*Max Memory Used: [1-9].*Init Duration: ")
        time.sleep(1)
        events = self.logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        self.assertEqual([event["message"].split()[0] for event in events], ["START", "starting", "hello", "END", "REPORT"])

    def test_no_process_outlives_localstack_after_sigterm_or_sigkill(self):
        for how in [signal.SIGTERM, signal.SIGKILL]:
            localstack, lambda_, _ = self.start(how.name)
            name = self.function(lambda_)
            _, pid = self.invoke(name, lambda_=lambda_)
            localstack.send_signal(how)
            localstack.wait()
            self.assert_gone(pid)


if __name__ == "__main__":
    unittest.main(verbosity=2)
