#!/usr/bin/env bash
# Asks for the node's user and password and for the CoinGecko API key, and stores them encrypted in SSM.
# AWS CLI reads them from a pipe, so they are in no file, no command line and no process list.
. "$(dirname "$0")/common.sh"

# store NAME: stores standard input as a SecureString.
store() {
  aws ssm put-parameter --name "$1" --type SecureString --overwrite --value file:///dev/stdin >/dev/null || die "could not store $1; the message of AWS is above"
  say "$1 is set"
}

account
# parameter_name VALUE OUTPUT DEFAULT: prints VALUE if it is the name of a parameter. Otherwise prints
# the stack's output OUTPUT, or DEFAULT before the first deployment.
parameter_name() {
  case $1 in /*) echo "$1" ;; *) local name; name=$(output "$2"); echo "${name:-$3}" ;; esac
}
node=$(parameter_name "${BITCOIN_RPC_SECRET:-}" NodeSecret "/hashlake/$STACK/bitcoin-rpc")
gecko=$(parameter_name "${COINGECKO_SECRET:-}" CoingeckoKey "/hashlake/$STACK/coingecko-key")

read -r -p "RPC user of the node (leave empty to keep the stored one): " user || true
if [ -n "$user" ]; then
  case $user in *:*) die "the user must not contain a colon, which separates it from the password" ;; esac
  read -rs -p "Password: " password || true
  say ""
  [ -n "$password" ] || die "the password is empty; nothing was stored"
  printf '%s:%s' "$user" "$password" | store "$node"
fi
read -rs -p "API key of CoinGecko's demo or pro plan (leave empty to keep the stored one): " key || true
say ""
if [ -n "$key" ]; then printf '%s' "$key" | store "$gecko"; fi
