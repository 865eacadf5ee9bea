#!/usr/bin/env bash
# Node.js and npm. If they are not on PATH, Debian's packages are installed with apt-get, as root. The
# page's build tools and Redocly CLI determine which versions work.
. "$(dirname "$0")/common.sh"

is_supported='const [a, b] = process.versions.node.split(".").map(Number)
process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'
need node nodejs
need npm npm
node -e "$is_supported" || die "node on PATH is $(node --version): install 20.19 or later of version 20, or 22.12 or later"
