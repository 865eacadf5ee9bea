#!/bin/sh
# The `java` that LocalStack starts DynamoDB Local with: the one found when it was installed, with two differences.
# LocalStack's -javaagent (which lifts a limit on the number of indexes of a table, and is in no package registry) is
# left out. And it dies with LocalStack, however that ends: the kernel sees to it, unless LocalStack was gone before
# it was asked to, hence the second look at who the parent is.
self=$(readlink -f "$0")
if [ "${1-}" != --asked ]; then
  for arg; do
    shift
    case $arg in -javaagent:*) ;; *) set -- "$@" "$arg" ;; esac
  done
  exec setpriv --pdeathsig KILL "$self" --asked "$@"
fi
shift
[ "$PPID" = "$LOCALSTACK_PID" ] || exit 1
exec "${self%/lib/java/*}/java" "$@"
