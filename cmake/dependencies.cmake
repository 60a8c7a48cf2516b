# Outside libraries, all from Debian 12 (deploy/lib/common.sh lists the packages that hold them).
# Each has one home in the tree; see docs/data_flow.md.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)             # Boost.System (header only) in base; Asio, Beast in server
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
if(NOT SKBUILD)  # the programs', which pip does not build
  find_package(spdlog REQUIRED)
  find_package(CLI11 REQUIRED)
  pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
  pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
  pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
endif()

# Paths beneath the sources are relative to ccache: what one build folder or clone has compiled is
# there for all others, pip's among them.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()
