"""Starts LocalStack 4.14.0 with fixes for three of its bugs that affect tests."""

import os

from localstack.runtime.main import main
from localstack.runtime.server.twisted import TwistedRuntimeServer
from localstack.utils.aws import aws_stack
from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint

# LocalStack passes no interface to Twisted, so it ignores the address in GATEWAY_LISTEN and listens on
# every address. Change Twisted's default.
host = os.environ["GATEWAY_LISTEN"].split(":")[0].replace("localhost", "127.0.0.1")
TCP4ServerEndpoint.__init__.__defaults__ = (50, host)  # backlog, interface

# LocalStack resolves s3.localhost.localstack.cloud, and waits for the name server. Make it assume that
# the name does not exist.
aws_stack.CACHE_S3_HOSTNAME_DNS_STATUS = False

# If LocalStack is stopped while it starts, it tries to stop a server that does not run yet, and then
# runs it forever.
stop = TwistedRuntimeServer.shutdown


def shutdown(self):
    if not reactor.running:
        os._exit(0)  # Java ends with this process: see run-java.sh.
    stop(self)


TwistedRuntimeServer.shutdown = shutdown
os.environ["LOCALSTACK_PID"] = str(os.getpid())  # run-java.sh reads it.
main()
