// Request: what a handler is asked. Valid for the whole handler, also across co_await, and while its response is sent.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/access_log.h"
#include "webserv/http/framing.h"
#include "webserv/http/h1_parser.h"
#include "webserv/io/loop.h"
#include "webserv/io/task.h"
#include "webserv/server/limits.h"

namespace webserv {

// Who is at the other end, small enough to be kept with every idle connection.
struct Peer {
  enum class Family : uint8_t { unix_socket, ipv4, ipv6 };
  Family family = Family::unix_socket;
  uint16_t port = 0;                  // host byte order
  std::array<uint8_t, 16> address{};  // network byte order; IPv4 in the first four

  // Writes "192.0.2.7", "2001:db8::7" or "unix" to `to` (at least 46 bytes) and returns the view of it.
  std::string_view text(std::span<char> to) const;
  bool operator==(const Peer&) const = default;
};

// Of an address of the kernel's; an IPv4 one that is mapped to IPv6 is one of IPv4.
Peer peer_of(const sockaddr_storage& address);

// The body of a request, pulled by the handler. "100 Continue" is sent when the first byte is asked for.
class Body {
 public:
  virtual ~Body() = default;
  // What the head declares: nothing where the body is chunked, 0 where there is none.
  virtual Framing framing() const = 0;
  // The next bytes into `into` (not empty); 0 at the end. An error is what the client is to be told: 413 over the
  // limit, 408 too slow, 400 bad chunks or cut off.
  virtual Task<std::expected<size_t, HttpError>> read_some(std::span<char> into) = 0;
  // For who reads it while the answer is written: sends "100 Continue" now, and nothing for the body's sake from then
  // on, since two may not write at once. Before the first byte is asked for. False: the client takes nothing more.
  virtual Task<bool> invite() = 0;
  // All of it, at most `limit` bytes (413).
  Task<std::expected<std::string, HttpError>> text(uint64_t limit);
};

// What a handler tells of the way to its answer, for those who want to know why it is as it is. A request that has one
// changes nothing: no program is run for it, and nothing is stored.
struct Trace {
  std::string file;                                                    // that is sent or run, or was looked for
  std::string_view how;                                                // a literal: what it is to the request
  std::vector<std::pair<std::string_view, std::string>> details = {};  // more that was found out, by name
  bool open = false;  // the answer would be what a program says: the one that comes with this is but its place
};

// The connection that a request came by, as far as a handler may know it.
class RequestConnection {
 public:
  // This end of it.
  virtual Peer local() const = 0;
  // Goes on when the client is gone, or the server cuts the connection. A client that has only ended what it sends
  // still gets its answer; it is asked once whether it is there, where the protocol has a way. One at a time.
  virtual Task<> client_gone() = 0;

 protected:
  ~RequestConnection() = default;
};

// Two numbers that no other request has.
using RequestId = std::array<uint64_t, 2>;

// The ids of a worker's requests.
struct RequestIds {
  uint64_t base = 0;  // random
  uint64_t made = 0;
  RequestId next() { return {base, ++made}; }
};

class Request {
 public:
  Request(Loop& loop, unsigned worker, RequestIds& ids) : loop_(loop), worker_(worker), ids_(ids) {}
  Request(const Request&) = delete;

  const RequestHead& head() const { return head_; }
  Method method() const { return head_.method; }
  // Decoded and normalized (normalize_path); begins with "/", but for "*" of OPTIONS.
  std::string_view path() const { return path_; }
  // As sent, without the "?".
  std::string_view query() const { return head_.target.query; }
  // The host asked for (absolute-form wins over Host), normalized by normalize_host; "" where HTTP/1.0 names none.
  std::string_view host() const { return host_; }
  std::string_view field(FieldName name) const { return head_.fields.value(name); }
  std::string_view field(std::string_view name) const { return head_.fields.value(name); }

  // The same in the log and for programs; made when it is first asked for.
  RequestId id() {
    if (id_[1] == 0) id_ = ids_.next();
    return id_;
  }

  Body& body() { return *body_; }
  // Before the head of the answer is there, and while a Producer makes its body.
  RequestConnection& connection() { return *connection_; }
  const Peer& peer() const { return *peer_; }
  // The name of the listener that the connection came in by.
  std::string_view listener() const { return listener_; }
  bool secure() const { return secure_; }
  Loop& loop() { return loop_; }
  // The number of the worker, for what handlers keep per worker; below Server::workers().
  unsigned worker() const { return worker_; }

  // What the route sets before its handler runs: limits, and names for the log that outlive the request.
  RouteLimits limits;
  std::string_view vhost;
  std::string_view route;
  // What a handler that ran a program says of it for the log.
  std::optional<CgiUsage> cgi;

  // Where somebody wants to know: servers leave it null.
  Trace* trace = nullptr;

 private:
  friend class H1Connection;
  friend class RequestBuilder;  // tests of handlers make requests without a connection
  // Nothing of the request before is left in the log's record of the next one.
  void forget_notes() {
    vhost = route = {};
    cgi.reset();
    id_[1] = 0;
  }

  Loop& loop_;
  unsigned worker_;
  RequestIds& ids_;
  RequestId id_{};
  RequestHead head_;
  std::string_view path_;
  std::string_view host_;
  std::string_view listener_;
  const Peer* peer_ = nullptr;
  RequestConnection* connection_ = nullptr;
  Body* body_ = nullptr;
  bool secure_ = false;
};

}  // namespace webserv
