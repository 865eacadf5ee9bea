"""Starts LocalStack 4.14.0 after mending three of its faults that matter to tests."""

import os

from localstack.runtime.main import main
from localstack.runtime.server.twisted import TwistedRuntimeServer
from localstack.utils.aws import aws_stack
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint

# It listens on every address whatever GATEWAY_LISTEN says, as it passes Twisted no interface: set another default.
host = os.environ["GATEWAY_LISTEN"].split(":")[0].replace("localhost", "127.0.0.1")
TCP4ServerEndpoint.__init__.__defaults__ = (50, host)  # backlog, interface

# It asks the name server whether s3.localhost.localstack.cloud exists, and waits for an answer: say no.
aws_stack.CACHE_S3_HOSTNAME_DNS_STATUS = False

# Told to stop while it starts, it tries to stop a server that does not run yet, and then runs it for ever.
stop = TwistedRuntimeServer.shutdown


def shutdown(self):
    if not reactor.running:
        os._exit(0)  # Java goes with it: run-java.sh
    stop(self)


TwistedRuntimeServer.shutdown = shutdown
os.environ["LOCALSTACK_PID"] = str(os.getpid())  # for run-java.sh
main()
