#!/usr/bin/env bash
# Plants the bugs of planted/*.patch in a copy of the sources, and checks that the simulation finds each.
# The copy is built once: a planted bug is on when PLANTED is its name.
set -euo pipefail
cd "$(dirname "$0")/../.."

tree=target/planted/tree
rm -rf "$tree"
mkdir -p "$tree"
git ls-files -z | xargs -0 cp --parents --preserve=timestamps --target-directory="$tree"
cat >> "$tree/shared/src/lib.rs" <<'RUST'

/// Whether this bug is planted.
pub fn planted(name: &str) -> bool {
    std::env::var("PLANTED").is_ok_and(|planted| planted == name)
}
RUST
for patch in functions/simulation/planted/*.patch; do
    patch --silent --strip=1 --directory="$tree" < "$patch"
done
cargo build --locked --manifest-path "$tree/Cargo.toml" --target-dir target -p simulation
simulate=target/planted/simulate
cp target/debug/simulate "$simulate" # Other builds write the same path.

[ "${BUILD_ONLY:-}" ] && exit
for patch in functions/simulation/planted/*.patch; do
    name=$(basename "$patch" .patch)
    if line=$(PLANTED=$name "$simulate" --brief --seeds "${SEEDS:-200}"); then
        echo "$name: NOT FOUND"
    else
        echo "$name: $line"
    fi
done | tee target/planted/found.txt
found=$(grep -vc 'NOT FOUND$' target/planted/found.txt)
total=$(wc -l < target/planted/found.txt)
"$simulate" --seeds "${SEEDS:-200}" --page target/planted/found.txt > target/planted/README.md
cp target/planted/README.md functions/simulation/README.md
echo "$found of $total planted bugs found"
[ "$found" = "$total" ]
