// What `webserv explain` is asked: a method and a URL as people write them, and the request that they make.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/command/options.h"
#include "webserv/base/peer.h"

namespace webserv::app {

struct Question {
  std::string method;
  std::string target;
  std::vector<std::string> fields;    // "Name: value", as they were given
  std::optional<std::string> host;    // the host and port of the URL, or the given Host; else none was named
  std::optional<uint16_t> port;       // that the URL names
  std::optional<std::string> scheme;  // "http" or "https", where the URL has it
  Peer peer;                          // who asks: this machine, where nobody was named
  bool names_peer = false;            // whether somebody was
  std::string socket;                 // the path of a unix socket, where the URL has one

  // The request's head as a client sends it. `default_host` is what it asks for where no host was named.
  std::string head(std::string_view default_host) const;
  // Whether a field of that name was given.
  bool has_field(std::string_view name) const;
  // Whether some field says who the client is.
  bool has_forwarding() const;
};

// Takes "http://host:port/path", "host/path", "/path", "*", "unix:/run/x.sock:/path"; all else goes to the server as it
// is, which refuses it. The error is a sentence for the user.
std::expected<Question, std::string> read_question(const ExplainOptions& options);

}  // namespace webserv::app
