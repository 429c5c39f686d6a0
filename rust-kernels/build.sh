#!/usr/bin/env bash
# Builds wasm/simd128 and wasm/relaxed from this crate, and wasm/grammar from grammar/. Usage: rust-kernels/build.sh
# [OUT_DIR] [simd128 | relaxed | grammar]
# Needs the tools that .ci/setup installs; the same inputs give the same bytes in any folder.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "${EDDY_TOOLS:-$HOME/.cache/eddy-tools}/env.sh"
out=$(realpath -m "${1:-$root/wasm}")
export PATH=$EDDY_TOOLS/npm/node_modules/.bin:$EDDY_TOOLS/cargo/bin:/usr/bin:$PATH # Debian's rustc, not rustup's
export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
export CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size # sorts and formatting, none of it in a kernel's loop
unset RUSTFLAGS
want=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' "$root/rust-kernels/Cargo.lock")
[ "$(wasm-bindgen --version)" = "wasm-bindgen $want" ] || { echo "wasm-bindgen $want is needed; run .ci/setup wasm" >&2; exit 1; }
build() { # flavour features crate name most-bytes
  local flags=("-Ctarget-feature=$2" -Clinker=wasm-ld-22
    -Zunstable-options -Cpanic=immediate-abort # a panic traps; nobody would see its message
    "--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/registry" "--remap-path-prefix=$root=/eddy")
  CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f'; printf %s "${flags[*]}") CARGO_TARGET_DIR=$root/rust-kernels/target/$1 \
    wasm-pack --log-level warn build "$root/$3" --target web --mode force --release \
    --out-dir "$out/$1" --out-name "$4" --no-pack --no-gitignore -- --locked --quiet
  local size; size=$(stat -c %s "$out/$1/$4_bg.wasm")
  echo "$1: $size bytes"
  [ "$size" -le "$5" ] || { echo "$1 is larger than $5 bytes" >&2; exit 1; }
}
only=${2:-all}
if [ "$only" = all ] || [ "$only" = simd128 ]; then build simd128 +simd128 rust-kernels kernels 800000; fi
if [ "$only" = all ] || [ "$only" = relaxed ]; then build relaxed +simd128,+relaxed-simd rust-kernels kernels 800000; fi
if [ "$only" = all ] || [ "$only" = grammar ]; then build grammar +simd128 rust-kernels/grammar grammar 1450000; fi
{ dpkg-query -W -f '${Package} ${Version}\n' rustc-web rust-web-src lld-22
  wasm-bindgen --version; wasm-pack --version; wasm-opt --version; } > "$out/BUILD"
