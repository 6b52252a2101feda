#include "app/systemd/sockets.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <map>

namespace webserv::app {
namespace {

using testing::HasSubstr;

Fd socket_of(int family, int type, bool listening) {
  Fd fd(socket(family, type | SOCK_CLOEXEC, 0));
  if (family == AF_UNIX) {
    const sockaddr_un address{AF_UNIX, ""};  // the kernel chooses an abstract name
    EXPECT_EQ(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family), 0);
  }
  if (listening) {
    EXPECT_EQ(listen(fd.get(), 1), 0);
  }
  return fd;
}

// Runs passed_sockets() in a process of its own, whose descriptors from 3 on are copies of `passed` and whose
// environment says so; `names` is LISTEN_FDNAMES. Gives back what `report` makes of the result.
using Report = std::function<std::string(const std::expected<std::vector<PassedSocket>, SocketErrors>&)>;
std::string in_activated_process(const std::vector<int>& passed, const char* names, const Report& report,
                                 int pid_offset = 0) {
  std::array<int, 2> pipe;
  EXPECT_EQ(pipe2(pipe.data(), O_CLOEXEC), 0);
  const pid_t child = fork();
  if (child == 0) {
    // Out of the way first: the targets may be in use.
    const int answer = fcntl(pipe[1], F_DUPFD_CLOEXEC, 500);
    std::vector<int> copies;
    for (int fd : passed) copies.push_back(fcntl(fd, F_DUPFD_CLOEXEC, 500));
    for (size_t i = 0; i < copies.size(); ++i) dup2(copies[i], static_cast<int>(3 + i));
    setenv("LISTEN_PID", std::to_string(getpid() + pid_offset).c_str(), 1);
    setenv("LISTEN_PIDFDID", "1", 1);
    setenv("LISTEN_FDS", std::to_string(passed.size()).c_str(), 1);
    names ? setenv("LISTEN_FDNAMES", names, 1) : unsetenv("LISTEN_FDNAMES");
    const std::string text = report(passed_sockets());
    _exit(write(answer, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(pipe[1]);
  std::string text(4096, '\0');
  const ssize_t size = read(pipe[0], text.data(), text.size());
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  close(pipe[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return text;
}

std::string names_or_errors(const std::expected<std::vector<PassedSocket>, SocketErrors>& sockets) {
  std::string text;
  if (sockets) {
    for (const PassedSocket& socket : *sockets) text += std::to_string(socket.fd.get()) + '=' + socket.name + ' ';
  } else {
    for (const std::string& error : sockets.error()) text += error + '\n';
  }
  return text;
}

TEST(PassedSockets, takes_listening_stream_sockets_of_any_family_with_their_names) {
  const Fd inet = socket_of(AF_INET, SOCK_STREAM, true);
  const Fd inet6 = socket_of(AF_INET6, SOCK_STREAM, true);
  const Fd local = socket_of(AF_UNIX, SOCK_STREAM, true);
  EXPECT_EQ(in_activated_process({inet.get(), inet6.get(), local.get()}, "http:webserv.socket:http", names_or_errors),
            "3=http 4=webserv.socket 5=http ");
  EXPECT_EQ(in_activated_process({inet.get()}, nullptr, names_or_errors), "3=unknown ");
}

TEST(PassedSockets, are_none_where_nobody_passed_any) {
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) unsetenv(name);
  const auto sockets = passed_sockets();
  ASSERT_TRUE(sockets);
  EXPECT_TRUE(sockets->empty());
}

TEST(PassedSockets, makes_them_close_on_exec_and_non_blocking) {
  const Fd inet = socket_of(AF_INET, SOCK_STREAM, true);
  EXPECT_EQ(in_activated_process({inet.get()}, "http",
                                 [](const auto& sockets) {
                                   const int fd = sockets->front().fd.get();
                                   const bool both =
                                       (fcntl(fd, F_GETFD) & FD_CLOEXEC) && (fcntl(fd, F_GETFL) & O_NONBLOCK);
                                   return std::string(both ? "yes" : "no");
                                 }),
            "yes");
}

TEST(PassedSockets, leaves_alone_what_was_passed_to_another_process) {
  const Fd inet = socket_of(AF_INET, SOCK_STREAM, true);
  EXPECT_EQ(in_activated_process(
                {inet.get()}, "http",
                [](const auto& sockets) {
                  return names_or_errors(sockets) + (fcntl(3, F_GETFD) == 0 ? "untouched" : "touched");
                },
                1),
            "untouched");
}

TEST(PassedSockets, empties_the_environment) {
  const Fd inet = socket_of(AF_INET, SOCK_STREAM, true);
  for (int pid_offset : {0, 1}) {
    EXPECT_EQ(in_activated_process(
                  {inet.get()}, "http",
                  [](const auto&) {
                    std::string left;
                    for (char** variable = environ; *variable; ++variable) {
                      if (std::string_view(*variable).starts_with("LISTEN_")) left += *variable;
                    }
                    return left;
                  },
                  pid_offset),
              "");
  }
}

TEST(PassedSockets, tells_of_each_one_that_is_no_listening_stream_socket) {
  const Fd good = socket_of(AF_INET, SOCK_STREAM, true);
  const Fd datagram = socket_of(AF_INET, SOCK_DGRAM, false);
  const Fd connection = socket_of(AF_UNIX, SOCK_STREAM, false);
  const Fd file(open("/dev/null", O_RDWR | O_CLOEXEC));
  const std::string errors = in_activated_process({good.get(), datagram.get(), connection.get(), file.get()},
                                                  "good:udp:accepted:fifo", names_or_errors);
  EXPECT_THAT(errors, HasSubstr("the descriptor 4 that systemd passed as \"udp\" is not a stream socket"));
  EXPECT_THAT(errors, HasSubstr("the descriptor 5 that systemd passed as \"accepted\" does not listen: set Accept=no"));
  EXPECT_THAT(errors, HasSubstr("the descriptor 6 that systemd passed as \"fifo\" is not a socket"));
  EXPECT_EQ(std::ranges::count(errors, '\n'), 3);
}

struct Match {
  const char* what;
  std::vector<std::string> passed;  // names
  std::vector<ListenerPlan> listeners;
  std::string expected;  // "listener: places of its sockets, or addresses; ...", or parts of the errors
};

std::string matched(const Match& match) {
  const auto result = match_sockets(match.passed, match.listeners);
  std::string text;
  if (!result) {
    for (const std::string& error : result.error()) text += error + '\n';
    return text;
  }
  for (const ListenerSockets& listener : *result) {
    text += listener.name + ':';
    for (size_t place : listener.passed) text += ' ' + std::to_string(place);
    for (const std::string& address : listener.addresses) text += ' ' + address;
    text += "; ";
  }
  return text;
}

TEST(MatchSockets, gives_each_listener_its_sockets_or_addresses) {
  const ListenerPlan http{"http", {"127.0.0.1:8080"}}, https{"https", {"127.0.0.1:8443", "[::1]:8443"}},
      bare{"bare", {}};
  const Match cases[] = {
      {"none passed", {}, {http, https}, "http: 127.0.0.1:8080; https: 127.0.0.1:8443 [::1]:8443; "},
      {"by name", {"https", "http"}, {http, https}, "http: 1; https: 0; "},
      {"the other order", {"http", "https"}, {http, https}, "http: 0; https: 1; "},
      {"several of one name", {"http", "https", "http"}, {http, https}, "http: 0 2; https: 1; "},
      {"one of two", {"https"}, {http, https}, "http: 127.0.0.1:8080; https: 0; "},
      {"a lone pair", {"webserv.socket"}, {http}, "http: 0; "},
      {"a lone pair without address", {"unknown"}, {bare}, "bare: 0; "},
      {"a unit's name", {"a.socket", "http"}, {http, {"a.socket", {}}}, "http: 1; a.socket: 0; "},
  };
  for (const Match& c : cases) EXPECT_EQ(matched(c), c.expected) << c.what;
}

TEST(MatchSockets, tells_what_does_not_fit) {
  const ListenerPlan http{"http", {"127.0.0.1:8080"}}, bare{"bare", {}};
  const Match cases[] = {
      {"no such listener",
       {"http", "htps"},
       {http, {"https", {"*:443"}}},
       "systemd passed a socket named \"htps\", but there is no [listener.\"htps\"]: add one, or set "
       "FileDescriptorName= in the "
       "socket unit to one of: http, https\n"},
      {"two strangers", {"webserv.socket", "webserv.socket"}, {http}, "to one of: http\n"},
      {"nothing to listen on", {}, {http, bare}, "the listener \"bare\" has neither an address nor a socket"},
      {"both", {"x", "http"}, {http, bare}, "named \"x\""},
      {"both", {"x", "http"}, {http, bare}, "\"bare\" has neither"},
  };
  for (const Match& c : cases) EXPECT_THAT(matched(c), HasSubstr(c.expected)) << c.what;
}

TEST(MatchSockets, the_order_of_the_sockets_does_not_matter) {
  const std::vector<ListenerPlan> listeners = {{"a", {}}, {"b", {}}, {"c", {}}};
  std::vector<std::string> names = {"a", "b", "c"};
  do {
    std::string expected;
    for (const ListenerPlan& listener : listeners) {
      expected += listener.name + ": " + std::to_string(std::ranges::find(names, listener.name) - names.begin()) + "; ";
    }
    EXPECT_EQ(matched({"", names, listeners, ""}), expected);
  } while (std::next_permutation(names.begin(), names.end()));
}

// All that a peer sends until it closes, or "reset".
std::string read_all(int fd) {
  std::string text;
  std::array<char, 256> piece;
  while (true) {
    const ssize_t size = read(fd, piece.data(), piece.size());
    if (size < 0) return "reset";
    if (size == 0) return text;
    text.append(piece.data(), static_cast<size_t>(size));
  }
}

TEST(TurnAwayClients, answers_all_that_wait_and_closes) {
  std::vector<Listener> sockets;
  std::vector<Fd> clients;
  for (const char* name : {"http", "admin"}) {
    Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ASSERT_EQ(listen(listener.get(), 8), 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ASSERT_EQ(getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    for (std::string_view request : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""}) {
      clients.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      ASSERT_EQ(connect(clients.back().get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
      ASSERT_EQ(write(clients.back().get(), request.data(), request.size()), static_cast<ssize_t>(request.size()));
    }
    sockets.push_back(Listener::adopt(std::move(listener), name));
  }
  turn_away_clients(sockets);
  for (const Fd& client : clients) {
    const std::string answer = read_all(client.get());
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << answer;
    EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4).size(), 38U);
  }
  turn_away_clients(sockets);  // nobody waits any more
}

}  // namespace
}  // namespace webserv::app
