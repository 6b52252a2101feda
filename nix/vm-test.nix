self:
{ pkgs, ... }:
{
  name = "webserv";

  nodes.machine = {
    imports = [ self.nixosModules.default ];
    services.webserv = {
      enable = true;
      openFirewall = true;
      listenStreams = [ "8080" ];
      settings.vhost."*" = {
        root = "${pkgs.writeTextDir "index.html" "hello from the store\n"}";
        route."/script" = {
          sandbox.read = [ "/proc" ];
          cgi.program = "${pkgs.writeShellScript "script" ''
            printf 'Content-Type: text/plain\n\n'
            cut -d: -f3 /proc/self/cgroup
          ''}";
        };
      };
    };
  };

  testScript = ''
    machine.wait_for_unit("webserv.socket")

    with subtest("the first request starts the server, and is answered"):
        machine.fail("systemctl is-active webserv.service")
        page = machine.succeed("curl --fail --silent --show-error http://127.0.0.1:8080/")
        assert page == "hello from the store\n", page
        machine.succeed("systemctl is-active webserv.service")

    with subtest("a file from the store is not given a date of 1970"):
        head = machine.succeed("curl --fail --silent --head http://127.0.0.1:8080/").lower()
        assert "etag:" in head and "last-modified:" not in head, head

    with subtest("a program runs in a cgroup of its own"):
        group = machine.succeed("curl --fail --silent --show-error http://127.0.0.1:8080/script")
        assert group.startswith("/system.slice/webserv.service/"), group

    with subtest("a restart refuses no connection"):
        machine.succeed("systemctl restart webserv.service")
        machine.succeed("curl --fail --silent http://127.0.0.1:8080/")

    with subtest("a reload waits for its end"):
        machine.succeed("systemctl reload webserv.service")
        machine.succeed("curl --fail --silent http://127.0.0.1:8080/")

    with subtest("the service is confined"):
        said = machine.succeed("systemd-analyze security webserv.service --no-pager | tail -n 1")
        assert "SAFE" in said or "OK" in said, said
  '';
}
