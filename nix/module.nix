self:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.webserv;
  format = pkgs.formats.toml { };
  generated = format.generate "webserv.toml" cfg.settings;
  configFile =
    if cfg.checkConfig then
      pkgs.runCommand "webserv.toml" { preferLocalBuild = true; } ''
        cp ${generated} webserv.toml
        ${lib.getExe cfg.package} check --config webserv.toml
        cp webserv.toml $out
      ''
    else
      generated;

  # "443", "0.0.0.0:443" and "[::]:443", but not a path, nor an address that other machines do not reach.
  isReachable = stream: builtins.match "(127\\..*|\\[::1]:.*|/.*|@.*)" stream == null;
  portOf = stream: builtins.match "(.*:)?([0-9]+)" stream;
  ports = map (stream: lib.toInt (lib.elemAt (portOf stream) 1)) (
    lib.filter (stream: isReachable stream && portOf stream != null) cfg.listenStreams
  );
in
{
  options.services.webserv = {
    enable = lib.mkEnableOption "webserv, a web server that systemd starts with the first connection";

    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      defaultText = lib.literalExpression "webserv.packages.\${system}.default";
      description = "The webserv package to use.";
    };

    listenStreams = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ "80" ];
      example = [
        "0.0.0.0:80"
        "/run/webserv.sock"
      ];
      description = ''
        Where systemd listens for the server: ports, addresses with ports, or paths, see {manpage}`systemd.socket(5)`.
        They are the listener `http` of the configuration.
      '';
    };

    openFirewall = lib.mkEnableOption "opening the ports of `services.webserv.listenStreams` in the firewall";

    path = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      example = lib.literalExpression "[ pkgs.python3 pkgs.git ]";
      description = "Packages whose programs CGI scripts find in `PATH`.";
    };

    checkConfig = lib.mkOption {
      type = lib.types.bool;
      default = pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform;
      defaultText = lib.literalExpression "pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform";
      description = ''
        Whether to check `services.webserv.settings` while the system is built, so that a mistake ends the build, with
        its place and a proposal, and the running system stays as it is. It cannot be done where the system is built on
        a machine that does not run its programs.
      '';
    };

    settings = lib.mkOption {
      type = lib.types.submodule { freeformType = format.type; };
      default = { };
      example = lib.literalExpression ''
        {
          vhost."example.org" = {
            root = "''${./site}";
            error_pages."404" = "''${./site}/404.html";
          };
          timeouts.idle = "30s";
        }
      '';
      description = ''
        The contents of {file}`/etc/webserv/webserv.toml`. Without any, a welcome page is served. Paths should be
        absolute. The file is root's, out of reach of the service and its programs. It is readable by everyone, as all
        of the Nix store is, and so are its paths: no secrets in here.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.listenStreams != [ ];
        message = "services.webserv.listenStreams: without an address nobody reaches the server.";
      }
      {
        assertion = cfg.settings == { } || cfg.settings ? vhost;
        message = "services.webserv.settings: at least one `vhost` must be there.";
      }
    ];

    environment.etc = lib.mkIf (cfg.settings != { }) { "webserv/webserv.toml".source = configFile; };

    # The package ships the units, with their hardening; here is only what NixOS adds.
    systemd.packages = [ cfg.package ];
    systemd.sockets.webserv = {
      wantedBy = [ "sockets.target" ];
      listenStreams = [ "" ] ++ cfg.listenStreams;
    };
    systemd.services.webserv.path = cfg.path;
    # The path in /etc stays the same, so that a switch reloads: no connection ends, and a mistake leaves the old site up.
    systemd.services.webserv.reloadTriggers = lib.optional (cfg.settings != { }) configFile;

    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall ports;
  };
}
