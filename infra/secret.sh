#!/usr/bin/env bash
# Asks for the node's user and password, and for CoinGecko's key, and keeps them in SSM, encrypted. They go from here to
# AWS CLI through a pipe: no file, no command line and no process list shows them.
. "$(dirname "$0")/common.sh"

# keep NAME: standard input becomes a SecureString.
keep() {
  aws ssm put-parameter --name "$1" --type SecureString --overwrite --value file:///dev/stdin >/dev/null || die "$1 is not set"
  say "$1 is set"
}

account
# named VALUE OUTPUT NAME: the first that names a parameter. Before the first deploy there is no output.
named() {
  case $1 in /*) echo "$1" ;; *) local name; name=$(output "$2"); echo "${name:-$3}" ;; esac
}
node=$(named "${BITCOIN_RPC_SECRET:-}" NodeSecret "/hashlake/$STACK/bitcoin-rpc")
gecko=$(named "${COINGECKO_SECRET:-}" CoingeckoKey "/hashlake/$STACK/coingecko-key")

read -r -p "User of the node's RPC (empty: leave it as it is): " user || true
if [ -n "$user" ]; then
  case $user in *:*) die "a user with a colon cannot be told from his password" ;; esac
  read -rs -p "Password: " password || true
  say ""
  [ -n "$password" ] || die "no password, nothing is set"
  printf '%s:%s' "$user" "$password" | keep "$node"
fi
read -rs -p "Key of CoinGecko's demo or pro plan (empty: leave it as it is): " key || true
say ""
if [ -n "$key" ]; then printf '%s' "$key" | keep "$gecko"; fi
