// Request: what a handler is asked. Valid for the whole handler, also across co_await, and while its response is sent.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/base/peer.h"
#include "webserv/http/request_head.h"
#include "webserv/io/task.h"
#include "webserv/server/body.h"
#include "webserv/server/limits.h"
#include "webserv/server/notes.h"

namespace webserv {

class Finisher;
class Loop;

namespace detail {
class RequestRun;
}  // namespace detail

// The connection that a request came by, as far as a handler may know it.
class RequestConnection {
 public:
  // This end of it.
  virtual Peer local() const = 0;
  // Goes on when the client is gone, or the server cuts the connection. A client that has only ended what it sends
  // still gets its answer; it is asked once whether it is there, where the protocol has a way. One at a time.
  virtual Task<> client_gone() = 0;
  // Ends it: whatever waits for the client, or for room in the answer, fails at once. Not called by what would be
  // destroyed by that.
  virtual void cut() = 0;

 protected:
  ~RequestConnection() = default;
};

// Two numbers that no other request has.
using RequestId = std::array<uint64_t, 2>;

// As the log shows it: 32 hexadecimal digits.
std::string to_string(const RequestId& id);

// The ids of a worker's requests.
struct RequestIds {
  uint64_t base = 0;  // random
  uint64_t made = 0;
  RequestId next() { return {base, ++made}; }
};

class Request {
 public:
  Request(const Request&) = delete;

  const RequestHead& head() const { return head_; }
  Method method() const { return head_.method; }
  Protocol protocol() const { return head_.protocol; }
  // Decoded and normalized (normalize_path); begins with "/", but for "*" of OPTIONS.
  std::string_view path() const { return path_; }
  // As sent, without the "?".
  std::string_view query() const { return head_.target.query; }
  // The host asked for, normalized by normalize_host; "" where HTTP/1.0 names none.
  std::string_view host() const { return head_.host; }
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
  // The client: whom a trusted proxy names, else who has connected.
  const Peer& peer() const { return *peer_; }
  // The name of the listener that the connection came in by.
  std::string_view listener() const { return listener_; }
  // Whether the client speaks TLS, to us or to a trusted proxy.
  bool secure() const { return secure_; }
  Loop& loop() { return loop_; }
  // The number of the worker, for what handlers keep per worker; below Server::workers().
  unsigned worker() const { return worker_; }

  // What one handler knows of the request and another may ask for.
  Notes& notes() { return notes_; }

  // What the route sets before its handler runs. All of it outlives the request.
  RouteLimits limits;
  std::string_view vhost;
  std::string_view route;
  const Finisher* finisher = nullptr;  // of its answer; null: the answer stays as the handler made it

 private:
  friend class detail::RequestRun;  // makes one of what a protocol has read
  Request(Loop& loop, unsigned worker, RequestIds& ids) : loop_(loop), worker_(worker), ids_(ids) {}

  Loop& loop_;
  const unsigned worker_;
  RequestIds& ids_;
  RequestId id_{};
  RequestHead head_;
  std::string_view path_;
  std::string_view listener_;
  const Peer* peer_ = nullptr;
  RequestConnection* connection_ = nullptr;
  Body* body_ = nullptr;
  bool secure_ = false;
  Notes notes_;
};

}  // namespace webserv
