// Asks a site as a client would, but within this process: the same connection, parser and handlers, over a stream in
// memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/peer.h"
#include "webserv/server/application.h"
#include "webserv/server/trace.h"

namespace webserv::app {

struct Rehearsed {
  unsigned status = 0;                                      // 0: no answer
  std::string phrase;                                       // "Not Found"
  std::vector<std::pair<std::string, std::string>> fields;  // of the answer, in their order
  std::string reason;                                       // why the server refuses, where it does
  bool has_page = false;                                    // a configured error page is the body
  detail::Trace trace;

  // The request as its handler sees it; nothing where its head was refused.
  struct Seen {
    bool refused = false;  // before a handler was asked: of this, only the host is known
    std::string host;
    std::string path;
    bool has_path = false;  // else its target is "*" or an authority
    std::string vhost;
    std::string route;
    RouteLimits limits;
    std::string client;  // its address, as the log has it
    bool secure = false;
  };
  std::optional<Seen> seen;
};

// `head` is a whole request but for its body, which is made up: zero bytes where a length is declared. `peer` has
// connected.
Rehearsed rehearse(const Application& application, std::string_view listener, const Peer& peer, std::string_view head);

}  // namespace webserv::app
