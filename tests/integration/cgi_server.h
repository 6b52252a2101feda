// A server with routes for the program of cgi_program.cc: "/cgi/" gathers bodies, "/stream/" streams them, "/nph/" lets
// the program write messages.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "support/client.h"
#include "support/temporary_folder.h"
#include "webserv/handlers/cgi/cgi.h"
#include "webserv/handlers/hosts.h"
#include "webserv/io/listener.h"
#include "webserv/process/spawner.h"
#include "webserv/server/application.h"
#include "webserv/server/server.h"

namespace webserv::detail::test {

class CgiServer {
 public:
  explicit CgiServer(CgiLimits limits = {}, Limits server = {})
      : events_(file("events")),
        access_(file("access")),
        event_sink_(events_.get()),
        access_sink_(access_.get()),
        log_(event_sink_, LogFormat::json, Level::info),
        spawner_(std::make_shared<Spawner>(workers)) {
    ::setenv("WEBSERV_SECRET", "1", 1);
    std::filesystem::create_symlink(WEBSERV_CGI_PROGRAM, folder_ / "nph-program");
    std::filesystem::create_directories(folder_ / "files");
    start(limits, server);
  }

  const std::string& address() const { return address_; }
  const TemporaryFolder& folder() const { return folder_; }
  Server& server() { return *server_; }

  static std::string request(std::string_view method, std::string_view path, std::string_view fields = {},
                             std::string_view route = "cgi") {
    std::string text(method);
    text.append(" /").append(route).append("/").append(path).append(" HTTP/1.1\r\nHost: a.test\r\n");
    return text.append("Connection: close\r\n").append(fields).append("\r\n");
  }
  Heard ask(std::string_view bytes) const {
    SocketClient client(address_);
    client.say(bytes);
    return take_apart_heard(client.hear_all());
  }
  Heard get(const std::string& path) const { return ask(request("GET", path)); }
  Heard post(const std::string& path, const std::string& body) const {
    return ask(request("POST", path, "Content-Length: " + std::to_string(body.size()) + "\r\n") + body);
  }

  // What was logged since the last time.
  std::string take_events() { return take(events_, events_read_); }
  // The line of the access log that names the target, once it is there: workers write when they come to it.
  std::string access_line(std::string_view target) {
    for (int i = 0; i < 2000; ++i) {
      std::istringstream lines(access_lines_ += take(access_, access_read_));
      for (std::string line; std::getline(lines, line) && !lines.eof();) {
        if (line.contains(target)) return line;
      }
      ::usleep(10'000);
    }
    return {};
  }

 private:
  static constexpr unsigned workers = 2;

  Fd file(std::string_view name) const {
    return Fd(::open((folder_ / name).c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  static std::string take(const Fd& file, off_t& from) {
    std::string all;
    char some[4096];
    for (ssize_t got; (got = ::pread(file.get(), some, sizeof some, from)) > 0; from += got) {
      all.append(some, static_cast<size_t>(got));
    }
    return all;
  }

  Route route(std::string path, std::string program, const CgiLimits& limits, CgiOptions::Body body) {
    CgiOptions options;
    options.route = path;
    options.program = std::move(program);
    options.environment = {{"OWN", "1"}};
    options.sendfile_roots = {folder_ / "files"};
    options.body = body;
    options.limits = limits;
    Route route;
    route.path = std::move(path);
    route.handler = cgi(std::move(options), {.spawner = spawner_, .workers = workers, .log = log_});
    route.methods = {Method::get, Method::post, Method::put};
    route.finish.fields = {{"X-Route", "1"}};
    return route;
  }

  void start(const CgiLimits& limits, const Limits& server) {
    std::vector<Route> routes;
    routes.push_back(route("/cgi/", WEBSERV_CGI_PROGRAM, limits, CgiOptions::Body::gather));
    routes.push_back(route("/stream/", WEBSERV_CGI_PROGRAM, limits, CgiOptions::Body::stream));
    routes.push_back(route("/nph/", folder_ / "nph-program", limits, CgiOptions::Body::gather));
    VirtualHost host;
    host.names = {"*"};
    host.routes = std::make_shared<const Routes>("*", std::move(routes), RouteLimits(), Finish());
    auto hosts = std::make_shared<const Hosts>(std::vector<VirtualHost>{host}, Finish());
    auto application = std::make_shared<const Application>(Application{
        .handler = [hosts](Request& request) { return (*hosts)(request); }, .refusal = {}, .limits = server});
    std::vector<Listener> listeners;
    listeners.push_back(std::move(*Listener::open(Address("127.0.0.1:0"), "http")));
    server_ =
        std::make_unique<Server>(workers, std::move(listeners), application,
                                 ServerLog{.events = &log_, .access = &access_sink_, .format = AccessFormat::json});
    server_->start();
    address_ = server_->addresses().front();
  }

  const TemporaryFolder folder_;
  const Fd events_;
  const Fd access_;
  off_t events_read_ = 0;
  off_t access_read_ = 0;
  std::string access_lines_;
  LineSink event_sink_;
  LineSink access_sink_;
  const Log log_;
  const std::shared_ptr<Spawner> spawner_;
  std::unique_ptr<Server> server_;
  std::string address_;
};

}  // namespace webserv::detail::test
