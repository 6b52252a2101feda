// A PROXY head comes to the same however its bytes come, nothing behind it is asked for, and its end does not depend on
// what follows.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "webserv/http/proxy_head.h"

namespace {

using namespace webserv::detail;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  size_t taken = 0;
  bool whole = false;
  ProxyHead head;
  bool operator==(const Outcome&) const = default;
};

// As a connection takes it, by up to `step` bytes.
Outcome read(std::string_view bytes, size_t step) {
  Outcome outcome;
  for (;;) {
    const auto missing = read_proxy_head(bytes.substr(0, outcome.taken), outcome.head);
    if (!missing) {
      require(!missing.error().empty());
      return {};
    }
    require(*missing <= most_proxy_head && outcome.taken + *missing <= most_proxy_head);
    outcome.whole = *missing == 0;
    if (outcome.whole || outcome.taken == bytes.size()) return outcome;
    outcome.taken += std::min({*missing, step, bytes.size() - outcome.taken});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Outcome at_once = read(bytes, most_proxy_head);
  for (size_t step : {size_t{1}, size_t{2}, size_t{5}, size_t{16}}) {
    // How soon a mistake is seen, and which one, depends on what is there.
    const Outcome in_steps = read(bytes, step);
    require(in_steps.whole == at_once.whole && (!at_once.whole || in_steps == at_once));
  }
  if (!at_once.whole) return 0;
  require(at_once.taken >= sizeof("PROXY UNKNOWN\r"));
  require(!at_once.head.client || at_once.head.client->family != webserv::Peer::Family::unix_socket);
  const std::string longer = std::string(bytes.substr(0, at_once.taken)) + "GET / HTTP/1.1\r\n\r\n";
  require(read(longer, most_proxy_head) == at_once);
  // Not a byte of it can be missing.
  for (size_t cut = 0; cut < std::min<size_t>(at_once.taken, 300); ++cut) {
    require(!read(bytes.substr(0, cut), most_proxy_head).whole);
  }
  return 0;
}
