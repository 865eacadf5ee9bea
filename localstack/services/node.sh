#!/usr/bin/env bash
# Node.js and npm: those on PATH, otherwise Debian's, by apt-get as root. The site's build tools and Redocly CLI say
# which versions they run on.
. "$(dirname "$0")/common.sh"

is_new='const [a, b] = process.versions.node.split(".").map(Number)
process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
need node nodejs
need npm npm
node -e "$is_new" || die "node on PATH is $(node --version); what runs on it needs 20.19 of the 20s, or 22.12 or later"
