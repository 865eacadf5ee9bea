#!/bin/sh
# LocalStack starts DynamoDB Local with this script, which runs the Java that was found at installation,
# with two changes. The option -javaagent is removed: that agent raises the limit on the number of
# indexes of a table, and no package registry has it. And the kernel kills Java when LocalStack ends for
# any reason. The check of the parent process covers the case that LocalStack ended before `setpriv` took
# effect.
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
