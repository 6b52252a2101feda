{
  lib,
  stdenv,
  cmake,
  ninja,
  pkg-config,
  python3,
  cli11,
  fmt,
  gtest,
  systemdLibs,
  tomlplusplus,
  util-linux,
  versionCheckHook,
}:
stdenv.mkDerivation (finalAttrs: {
  pname = "webserv";
  version = "0.1.0";

  # What the program and its unit tests are made of: a change elsewhere builds nothing anew.
  src = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.unions [
      ../CMakeLists.txt
      ../LICENSE
      ../cmake
      ../conf
      ../docs/cgi.md
      ../docs/configuration.md
      ../docs/logging.md
      ../docs/manual.md
      ../docs/proxies.md
      ../docs/reference.py
      ../docs/security.md
      ../examples
      ../man
      ../src
      ../systemd
      ../tests/CMakeLists.txt
      ../tests/failure
      ../tests/fuzz
      ../tests/integration
      ../tests/support
      ../tests/unit
      ../www
    ];
  };

  strictDeps = true;
  __structuredAttrs = true;

  nativeBuildInputs = [
    cmake
    ninja
    pkg-config
    python3
  ];
  buildInputs = [
    cli11
    fmt
    systemdLibs
    tomlplusplus
  ];
  checkInputs = [ gtest ];
  nativeCheckInputs = [ util-linux ]; # setsid

  cmakeFlags = [
    (lib.cmakeBool "BUILD_TESTING" finalAttrs.doCheck)
    # Newer compilers have newer warnings.
    (lib.cmakeBool "CMAKE_COMPILE_WARNING_AS_ERROR" false)
  ];

  doCheck = true;
  # The other labels need what a sandbox lacks: systemd, tools, the whole tree.
  checkPhase = ''
    runHook preCheck
    ctest --output-on-failure -j "$NIX_BUILD_CORES" -L 'unit|integration|fuzz'
    runHook postCheck
  '';

  nativeInstallCheckInputs = [ versionCheckHook ];
  doInstallCheck = true;

  meta = {
    description = "Web server that is native to systemd and Nix";
    license = lib.licenses.mit;
    maintainers = [ ];
    platforms = lib.platforms.linux;
    mainProgram = "webserv";
  };
})
