// What a server serves: immutable, and replaced as a whole (Server::replace).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/peer.h"
#include "webserv/http/trusted_proxies.h"
#include "webserv/server/handler.h"
#include "webserv/server/limits.h"

namespace webserv {

// What holds for the connections of a listener.
struct ListenerRules {
  std::string name;
  // Who may say who the client is: of others the fields of forwarding are dropped.
  TrustedProxies trusted_proxies = {};
  // Connections begin with a head of the PROXY protocol, from trusted peers alone; others are closed.
  bool proxy_protocol = false;
};

struct Application {
  Handler handler;
  // The answer to a request that is refused without asking the handler, or after it: what cannot be read, or asks for
  // what nobody offers. Where not even its head is whole, it has neither host nor path. Without this function, the
  // built-in page.
  std::function<Response(Request&, const HttpError&)> refusal;
  Limits limits;
  std::vector<ListenerRules> listeners = {};  // by their names; where one is not named, nobody is trusted

  // Those of a listener; null where it has none.
  const ListenerRules* rules_of(std::string_view listener) const {
    for (const ListenerRules& rules : listeners) {
      if (rules.name == listener) return &rules;
    }
    return nullptr;
  }
  // Whether whoever has connected by the listener may say who the client is.
  bool trusts(std::string_view listener, const Peer& peer) const {
    const ListenerRules* rules = rules_of(listener);
    return rules != nullptr && rules->trusted_proxies.contains(peer);
  }
};

}  // namespace webserv
