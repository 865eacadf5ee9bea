#!/bin/sh
# The `java` that LocalStack starts DynamoDB Local with: the one found at installation, with two
# changes. LocalStack's -javaagent (which raises the limit on the number of indexes of a table, and
# is in no package registry) is left out. And the kernel kills it when LocalStack ends in any way.
# The check of the parent covers the case that LocalStack ended before `setpriv` took effect.
self=$(readlink -f "$0")
if [ "${1-}" != --guarded ]; then
  for arg; do
    shift
    case $arg in -javaagent:*) ;; *) set -- "$@" "$arg" ;; esac
  done
  exec setpriv --pdeathsig KILL "$self" --guarded "$@"
fi
shift
[ "$PPID" = "$LOCALSTACK_PID" ] || exit 1
exec "${self%/lib/java/*}/java" "$@"
