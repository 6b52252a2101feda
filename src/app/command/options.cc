#include "app/command/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "app/command/command_advice.h"
#include "app/config/config.h"
#include "app/schema/schema.h"
#include "app/text/names.h"
#include "webserv/base/text.h"
#include "webserv/io/address.h"

namespace webserv::app {

using namespace detail;

namespace {

// [NAME=]ADDRESS: what stands before the first "=" is a name unless it begins an address, such as that of a unix
// socket.
std::expected<ListenOption, std::string> parse_listen(std::string_view text) {
  const size_t equals = text.find('=');
  const bool named = equals != std::string_view::npos && text.substr(0, equals).find(':') == std::string_view::npos;
  const std::string_view name = named ? text.substr(0, equals) : default_listener;
  const std::string_view address = named ? text.substr(equals + 1) : text;
  if (std::optional<Fault> fault = fault_of_listener_name(name)) {
    return std::unexpected(fmt::format("--listen {}: \"{}\" {}", text, name, fault->reason));
  }
  if (const std::expected<Address, std::string> parsed = parse_address(address); !parsed) {
    return std::unexpected(fmt::format("--listen {}: {}", text, parsed.error()));
  }
  return ListenOption{std::string(name), std::string(address)};
}

std::expected<unsigned, std::string> parse_workers(std::string_view text) {
  const uint64_t most = find_key(Table::server, "workers")->range.most;
  if (const std::optional<uint64_t> number = parse_decimal(text, most)) return static_cast<unsigned>(*number);
  return std::unexpected(
      fmt::format("--workers {}: this is a number from 0, for one per processor, to {}", text, most));
}

// The arguments behind the command's name.
using Arguments = std::vector<std::string>;

constexpr const char* config_text =
    "The configuration. Without it: webserv.toml in\n$CONFIGURATION_DIRECTORY, else in /etc/webserv,\nelse the welcome "
    "page";

// One command with its own options and its own help.
class CommandLine {
 public:
  // `usage` is what stands before the options: "webserv check". `more` stands at the end of the help.
  CommandLine(std::string usage, std::string text, std::string more = {})
      : usage_(std::move(usage)), app_(std::move(text), usage_) {
    app_.set_help_flag("-h,--help", "Show this help");
    app_.footer(std::move(more));
  }

  template <class To>
  CLI::Option* add(std::string name, To& to, const char* value, std::string text) {
    return app_.add_option(std::move(name), to, std::move(text))->type_name(value)->option_text(value);
  }
  void add_flag(std::string name, bool& to, std::string text) { app_.add_flag(std::move(name), to, std::move(text)); }
  void add_version() { app_.set_version_flag("--version", "webserv " WEBSERV_VERSION, "Show the version"); }

  // What ends the program, if anything does.
  std::optional<EarlyEnd> parse(Arguments arguments) {
    try {
      std::ranges::reverse(arguments);  // as CLI11 takes them
      app_.parse(arguments);
      return std::nullopt;
    } catch (const CLI::CallForHelp&) {
      return EarlyEnd{ExitStatus::ok, app_.help()};
    } catch (const CLI::CallForVersion&) {
      return EarlyEnd{ExitStatus::ok, "webserv " WEBSERV_VERSION "\n"};
    } catch (const CLI::ExtrasError&) {
      return wrong(not_expected(app_.remaining()));
    } catch (const CLI::ParseError& error) {
      return wrong(error.what());
    }
  }

  EarlyEnd wrong(std::string_view message) const {
    const std::string_view link = advice_.empty() ? "" : "; ";
    return {ExitStatus::usage, fmt::format("webserv: {}{}{}\nSee {} --help.\n", message, link, advice_, help_of())};
  }
  // What to do where the command line is wrong.
  void advise(std::string advice) { advice_ = std::move(advice); }

  bool has(std::string name) const { return app_.count(std::move(name)) != 0; }

 private:
  std::string not_expected(const Arguments& arguments) {
    std::vector<std::string> options;
    for (const CLI::Option* option : app_.get_options()) {
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
      for (const std::string& name : option->get_snames()) options.push_back("-" + name);
    }
    if (advice_.empty()) advise(meant_by_argument(arguments.front(), options));
    return fmt::format("not expected: {}", fmt::join(arguments, " "));
  }

  std::string help_of() const { return usage_.substr(0, usage_.find(" [")); }

  std::string usage_;
  CLI::App app_;
  std::string advice_;
};

// `advice` is for whoever gave them, should they be wrong.
std::expected<Command, EarlyEnd> parse_serve(const Arguments& arguments, std::string advice) {
  ServeOptions options;
  std::vector<std::string> listen;
  std::string workers;
  CommandLine line("webserv [serve]", "Serves web sites, by a configuration file or out of a folder.",
                   "Other commands, each with its own --help:\n"
                   "  check                       Find all mistakes in a configuration\n"
                   "  explain                     Say what answers a request, and why\n"
                   "  schema                      Print the JSON Schema of the configuration, for editors");
  line.add_version();
  line.add("--config", options.config, "FILE", config_text);
  line.add("--listen", listen, "[NAME=]ADDRESS",
           "127.0.0.1:8080, [::1]:8080, *:8080 or unix:/run/x.sock:\ninstead of what the configuration says of the "
           "listener\n"
           "NAME (http, if left out); may be repeated")
      ->allow_extra_args(false);
  line.add("--workers", workers, "N", "Threads that serve; 0: one per processor");
  line.add("DIRECTORY", options.directory, " ", "Serve this folder, with listing");
  line.advise(std::move(advice));
  if (std::optional<EarlyEnd> end = line.parse(arguments)) return std::unexpected(*std::move(end));

  const auto wrong = [&](std::string_view message) { return std::unexpected(line.wrong(message)); };
  if (options.config && options.directory) return wrong("give either --config FILE or a DIRECTORY, not both");
  for (const std::string& text : listen) {
    std::expected<ListenOption, std::string> parsed = parse_listen(text);
    if (!parsed) return wrong(parsed.error());
    options.listen.push_back(*std::move(parsed));
  }
  if (line.has("--workers")) {
    const std::expected<unsigned, std::string> parsed = parse_workers(workers);
    if (!parsed) return wrong(parsed.error());
    options.workers = *parsed;
  }
  return options;
}

std::expected<Command, EarlyEnd> parse_serve(const Arguments& arguments) { return parse_serve(arguments, {}); }

std::expected<Command, EarlyEnd> parse_check(const Arguments& arguments) {
  CheckOptions options;
  CommandLine line("webserv check",
                   "Finds all mistakes in a configuration. Reads that file alone, opens no socket and looks no\n"
                   "name up. Exit status: 0 without a mistake, 78 with one.");
  line.add("--config", options.config, "FILE",
           "The configuration. Without it: webserv.toml in\n$CONFIGURATION_DIRECTORY, else in /etc/webserv");
  line.add_flag("--live", options.live, "Look at this machine, too: folders, programs, addresses");
  line.add_flag("--json", options.json, "Print a list for editors");
  if (std::optional<EarlyEnd> end = line.parse(arguments)) return std::unexpected(*std::move(end));
  return options;
}

std::expected<Command, EarlyEnd> parse_explain(const Arguments& arguments) {
  ExplainOptions options;
  CommandLine line("webserv explain",
                   "Says what answers a request, and why: listener, host, route, handler, file, limits and fields,\n"
                   "each with the line of the configuration it comes from. Needs no running server.",
                   "Example:\n  webserv explain -H 'Accept-Encoding: br' GET http://example.org/style.css");
  line.add("--config", options.config, "FILE", config_text);
  line.add("--from", options.from, "ADDRESS",
           "Who asks: 192.0.2.7, 2001:db8::7, or unix; 127.0.0.1, if left out.\nA trusted proxy can name a client, by "
           "-H 'X-Forwarded-For: ...'");
  line.add("-H", options.fields, "'FIELD: VALUE'", "A field of the request; may be repeated")->allow_extra_args(false);
  line.add_flag("--json", options.json, "Print an object for programs");
  line.add("METHOD", options.method, " ", "GET, HEAD, POST, ...")->required();
  line.add("URL", options.url, " ", "/path, http://host:port/path, or * of OPTIONS")->required();
  if (std::optional<EarlyEnd> end = line.parse(arguments)) return std::unexpected(*std::move(end));

  const auto wrong = [&](std::string_view message) { return std::unexpected(line.wrong(message)); };
  if (options.from && !parse_peer(*options.from)) {
    return wrong(
        fmt::format("--from {}: this is an address without a port, such as 192.0.2.7, or unix", *options.from));
  }
  for (const std::string& field : options.fields) {
    if (field.find(':') == std::string::npos || field.find_first_of(std::string_view("\r\n\0", 3)) < field.size()) {
      return wrong(fmt::format("-H {}: write a field as 'Name: value', on one line", field));
    }
  }
  return options;
}

std::expected<Command, EarlyEnd> parse_schema(const Arguments& arguments) {
  CommandLine line("webserv schema",
                   "Prints the JSON Schema (draft 2020-12) of the configuration, for editors and other tools.");
  if (std::optional<EarlyEnd> end = line.parse(arguments)) return std::unexpected(*std::move(end));
  return SchemaOptions{};
}

}  // namespace

std::optional<Peer> parse_peer(std::string_view text) { return text == "unix" ? Peer() : parse_ip_address(text); }

std::expected<Command, EarlyEnd> parse_command_line(int argc, const char* const* argv) {
  using Parse = std::expected<Command, EarlyEnd> (*)(const Arguments&);
  constexpr auto commands = std::to_array<std::pair<std::string_view, Parse>>(
      {{"serve", parse_serve}, {"check", parse_check}, {"explain", parse_explain}, {"schema", parse_schema}});
  Arguments arguments(argv + std::min(argc, 1), argv + argc);
  for (const auto& [name, parse] : commands) {
    if (arguments.empty() || arguments.front() != name) continue;
    arguments.erase(arguments.begin());
    return parse(arguments);
  }
  // The first one may be a command that was mistyped.
  return parse_serve(arguments, arguments.empty() ? "" : meant_by_word(arguments.front()));
}

}  // namespace webserv::app
