#include "webserv/server/proxy_prologue.h"

#include <array>
#include <string>

#include "webserv/http/proxy_head.h"
#include "webserv/server/limits.h"
#include "webserv/server/worker_context.h"

namespace webserv::detail {

namespace {

// Whoever sends what is wrong does so again and again.
constexpr Clock::duration tell_pause = std::chrono::minutes(1);

void tell(const Connection& connection, std::string_view why) {
  WorkerContext& worker = connection.worker();
  if (worker.events == nullptr || worker.loop.now() < worker.tell_of_heads) return;
  worker.tell_of_heads = worker.loop.now() + tell_pause;
  std::array<char, 46> text;
  const std::string_view address = connection.peer().text(text);
  worker.events->event(Level::warning, "proxy_refused", "a connection is closed: its listener has `proxy_protocol`",
                       {{"listener", connection.listener().name}, {"remote_addr", address}, {"error", why}});
}

}  // namespace

Task<bool> read_proxy_prologue(Connection& connection) {
  if (!connection.by_proxy()) {
    tell(connection, "who has connected is not in `trusted_proxies`");
    co_return false;
  }
  Stream& client = connection.stream();
  client.reading().expires_in(proxy_head_time);
  std::string bytes;
  ProxyHead head;
  std::expected<size_t, std::string_view> missing = read_proxy_head(bytes, head);
  while (missing && *missing > 0) {
    const size_t before = bytes.size();
    bytes.resize(before + *missing);
    std::span<char> room(bytes.data() + before, *missing);
    const Result<size_t> got = co_await client.read_some(room);
    if (!got || *got == 0) {
      const bool is_late = !got && got.error() == Error::timed_out;
      if (is_late) tell(connection, "the PROXY head came too slowly");
      if (!is_late && before > 0) tell(connection, "the PROXY head is cut off");
      co_return false;
    }
    bytes.resize(before + *got);
    missing = read_proxy_head(bytes, head);
  }
  if (!missing) {
    tell(connection, missing.error());
    co_return false;
  }
  client.reading().never();
  if (head.secure) connection.set_secure();
  co_return !head.client || connection.name_client(*head.client);
}

}  // namespace webserv::detail
