# Functions for the installers in this folder, which source this file. They choose where programs are
# installed, and make an installation atomic.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOOLS=${HASHLAKE_TOOLS:-${HOME:?set HOME or HASHLAKE_TOOLS}/.cache/hashlake-tools}
SELF=$(basename "$0" .sh)

say() { echo "$SELF: $*" >&2; }
die() { say "$*"; exit 1; }

mkdir -p "$TOOLS/bin" || die "cannot create $TOOLS: set HASHLAKE_TOOLS to a folder that you can write to"
TOOLS=$(cd "$TOOLS" && pwd)

# is_current NAME PINS: succeeds if NAME is installed with exactly these pins.
is_current() { [ -f "$TOOLS/$1/.pins" ] && [ "$(<"$TOOLS/$1/.pins")" = "$2" ]; }

# lock: waits until no other installer uses the tools folder, and locks it until this process ends.
lock() {
  exec 9>"$TOOLS/.lock"
  flock -n 9 || { say "waiting for another installer"; flock 9; }
}

# begin NAME: creates an empty folder for NAME, as $NEW. It is deleted if anything fails.
begin() {
  NEW=$TOOLS/.new-$1
  rm -rf "$NEW"
  mkdir "$NEW"
  trap 'rm -rf "$NEW"' EXIT
}

# finish NAME PINS: replaces NAME with the contents of $NEW.
finish() {
  printf '%s\n' "$2" >"$NEW/.pins"
  rm -rf "$TOOLS/.old-$1"
  [ ! -e "$TOOLS/$1" ] || mv "$TOOLS/$1" "$TOOLS/.old-$1"
  mv "$NEW" "$TOOLS/$1"
  rm -rf "$TOOLS/.old-$1"
}

# program FILE NAME [FOLDER]: installs FILE of this folder as bin/NAME (or FOLDER/NAME), if it
# differs.
program() {
  local to=$TOOLS/${3:-bin}
  [ ! -L "$to/$2" ] && cmp -s "$HERE/$1" "$to/$2" && return
  install -m 755 "$HERE/$1" "$to/.new-$2"
  mv -T "$to/.new-$2" "$to/$2"
}

# need COMMAND PACKAGE: if the command is missing, installs the Debian package, which needs root.
need() {
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || die "'$1' is not installed: run 'apt-get install $2' as root"
  say "installing $2 with apt-get"
  apt_install "$2"
}
apt_install() {
  local get=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0)
  "${get[@]}" install --no-install-recommends "$1" >/dev/null 2>&1 ||
    { "${get[@]}" update && "${get[@]}" install --no-install-recommends "$1" >/dev/null; } ||
    die "apt-get could not install $1; the error is above"
}

# unpack_debian SUITE PACKAGE..: unpacks packages of another Debian suite into $NEW, with all their
# dependencies, including the C library. The link `libs` points to the libraries, and `ld.so` to the
# loader. apt uses its own package lists and database in $NEW, so the system's apt configuration does
# not change, and root is not needed.
unpack_debian() {
  local suite=$1 apt=$NEW/.apt key=/usr/share/keyrings/debian-archive-keyring.gpg mirror p
  shift
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || die "apt-get or dpkg is missing: use Debian or a derivative"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -E '/debian/?$' | sort | head -n1) || mirror=http://deb.debian.org/debian
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  [ ! -e "$key" ] && key= || key="[signed-by=$key] "
  echo "deb $key$mirror $suite main" >"$apt/sources.list"
  # Mark these packages as installed: only maintainer scripts need them, and no such script is run.
  for p in systemd debconf; do
    printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nMulti-Arch: foreign\nVersion: 99999\n' $p
    printf 'Maintainer: none\nDescription: none\n%s\n' "$([ $p != debconf ] || echo 'Provides: debconf-2.0')"
    echo
  done >"$apt/status"
  cat >"$apt/apt.conf" <<END
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Debug::NoLocking "true";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
END
  local get=(apt-get -qq -c "$apt/apt.conf")
  "${get[@]}" update >&2 || die "cannot fetch the package lists of Debian $suite from $mirror"
  "${get[@]}" -y --download-only --no-install-recommends install "$@" >/dev/null ||
    die "cannot fetch $* of Debian $suite from $mirror"
  for p in "$apt"/cache/archives/*.deb; do dpkg -x "$p" "$NEW"; done
  (cd "$apt/cache/archives" && ls ./*.deb) | sed 's,^\./,,' >"$NEW/packages.txt"
  rm -rf "$apt"
  local libc
  libc=$(cd "$NEW" && ls usr/lib/*/libc.so.6) || die "the packages of Debian $suite contain no C library"
  ln -s "$(dirname "$libc")" "$NEW/libs"
  ln -s "$(cd "$NEW" && ls -d "${libc%/*}"/ld-linux*.so.* | head -n1)" "$NEW/ld.so"
}

# find_python: sets $PYTHON to a Python 3.13 that can create virtual environments: the one on PATH, one
# of pyenv, or else that of Debian 13, which is unpacked into the tools folder. LocalStack 4.14.0
# declares that it supports 3.10 and later, but its DynamoDB and S3 import warnings.deprecated, which is
# new in 3.13. The pinned versions were not tested with 3.14.
find_python() {
  local p probe='import sys, venv, ensurepip, ctypes, ssl, sqlite3, zlib
assert sys.version_info[:2] == (3, 13); print(sys.executable)'
  for p in python3.13 python3; do
    PYTHON=$("$p" -c "$probe" 2>/dev/null) && return
  done
  if command -v pyenv >/dev/null; then
    for p in $(pyenv versions --bare | grep '^3\.13\.' | sort -rV); do
      PYTHON=$("$(pyenv root)/versions/$p/bin/python" -c "$probe" 2>/dev/null) && return
    done
  fi
  "$HERE/cpython.sh"
  PYTHON=$TOOLS/cpython/usr/bin/python
}

# find_pip VENV: sets $pip to the command that installs into VENV: the pip of VENV, or that of the
# unpacked Python.
find_pip() {
  pip=("$1/bin/python" -m pip)
  [ -x "$1/bin/pip3" ] || pip=("$1/bin/python" "$(ls "$TOOLS"/cpython/usr/share/python-wheels/pip-*.whl)/pip")
  pip+=(install -q --disable-pip-version-check --no-deps --no-build-isolation)
}

# make_venv REQUIREMENTS: creates a virtual environment in $NEW/venv that `finish` can move.
make_venv() {
  local venv=$NEW/venv pip
  find_python
  "$PYTHON" -m venv --without-pip "$venv" || die "$PYTHON cannot create a virtual environment"
  case $PYTHON in
    "$TOOLS"/*) ;;
    *) "$venv/bin/python" -m ensurepip >/dev/null ;;
  esac
  find_pip "$venv"
  # If the file pins setuptools, install it first: it builds the few packages that PyPI has only as (pure
  # Python) source.
  grep -x 'setuptools==.*' "$HERE/$1" >"$NEW/first.txt" || true
  "${pip[@]}" -r "$NEW/first.txt" >&2 && "${pip[@]}" -r "$HERE/$1" >&2 ||
    die "pip could not install $1; the error is above"
  rm "$NEW/first.txt"
  grep -rlI --exclude-dir=lib "$NEW" "$venv" | xargs -r sed -i "s|$NEW|$TOOLS/${NEW##*/.new-}|g"
}
