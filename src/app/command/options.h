// The command line: which command, with which options.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "webserv/base/peer.h"

namespace webserv::app {

// How the program ends.
enum class ExitStatus : int {
  ok = 0,
  failure = 1,        // at run time
  usage = 2,          // a wrong command line
  wrong_config = 78,  // EX_CONFIG of sysexits.h
};

// --listen [NAME=]ADDRESS
struct ListenOption {
  std::string name;
  std::string address;  // a text that parse_address() takes
  bool operator==(const ListenOption&) const = default;
};

// webserv [serve] [--config FILE] [--listen [NAME=]ADDRESS]... [--workers N] [DIRECTORY]
struct ServeOptions {
  std::optional<std::string> config = {};
  std::vector<ListenOption> listen = {};
  std::optional<unsigned> workers = {};
  std::optional<std::string> directory = {};  // never beside `config`
  bool operator==(const ServeOptions&) const = default;
};

// webserv check [--config FILE] [--live] [--json]
struct CheckOptions {
  std::optional<std::string> config = {};
  bool live = false;
  bool json = false;
  bool operator==(const CheckOptions&) const = default;
};

// webserv explain [--config FILE] [--from ADDRESS] [-H 'Field: value']... [--json] METHOD URL
struct ExplainOptions {
  std::optional<std::string> config = {};
  std::vector<std::string> fields = {};  // "Name: value", each one line
  bool json = false;
  std::string method = {};
  std::string url = {};
  std::optional<std::string> from = {};  // a text that parse_peer() takes
  bool operator==(const ExplainOptions&) const = default;
};

// webserv schema
struct SchemaOptions {
  bool operator==(const SchemaOptions&) const = default;
};

using Command = std::variant<ServeOptions, CheckOptions, ExplainOptions, SchemaOptions>;

// The program ends at once, with this text on standard output if all is well (--help, --version), else on standard
// error.
struct EarlyEnd {
  ExitStatus status = ExitStatus::ok;
  std::string text;  // whole lines
};

// Who asks, as --from names it: an address of IPv4 or IPv6, or "unix".
std::optional<Peer> parse_peer(std::string_view text);

// Reads the arguments that main() gets. The first one names the command; where it names none, it is `serve`. Opens
// nothing and prints nothing.
std::expected<Command, EarlyEnd> parse_command_line(int argc, const char* const* argv);

}  // namespace webserv::app
