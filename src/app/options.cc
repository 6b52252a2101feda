#include "app/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>

#include "app/names.h"
#include "app/schema.h"
#include "webserv/base/text.h"
#include "webserv/io/address.h"

namespace webserv {
namespace {

std::unexpected<EarlyEnd> wrong(std::string_view message) {
  return std::unexpected(EarlyEnd{ExitStatus::usage, fmt::format("webserv: {}\nSee webserv --help.\n", message)});
}

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

}  // namespace

std::expected<Options, EarlyEnd> parse_options(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (!arguments.empty() && arguments.front() == "serve") arguments.erase(arguments.begin());

  Options options;
  std::vector<std::string> listen;
  std::string workers;
  CLI::App app("Serves web sites, by a configuration file or out of a folder.", "webserv [serve]");
  app.set_help_flag("-h,--help", "Show this help");
  app.set_version_flag("--version", "webserv " WEBSERV_VERSION, "Show the version");
  const auto add = [&app](std::string name, auto& to, const char* value, std::string text) {
    return app.add_option(std::move(name), to, std::move(text))->type_name(value)->option_text(value);
  };
  add("--config", options.config, "FILE",
      "The configuration. Without it: webserv.toml in\n$CONFIGURATION_DIRECTORY, else in /etc/webserv,\nelse a welcome "
      "page");
  add("--listen", listen, "[NAME=]ADDRESS",
      "127.0.0.1:8080, [::1]:8080, *:8080 or unix:/run/x.sock:\ninstead of what the configuration says of the "
      "listener\n"
      "NAME (http, if left out); may be repeated")
      ->allow_extra_args(false);
  add("--workers", workers, "N", "Threads that serve; 0: one per processor");
  add("DIRECTORY", options.directory, " ", "Serve this folder, with listing");
  try {
    std::ranges::reverse(arguments);  // as CLI11 takes them
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return std::unexpected(EarlyEnd{ExitStatus::ok, app.help()});
  } catch (const CLI::CallForVersion&) {
    return std::unexpected(EarlyEnd{ExitStatus::ok, "webserv " WEBSERV_VERSION "\n"});
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }

  if (options.config && options.directory) return wrong("give either --config FILE or a DIRECTORY, not both");
  for (const std::string& text : listen) {
    std::expected<ListenOption, std::string> parsed = parse_listen(text);
    if (!parsed) return wrong(parsed.error());
    options.listen.push_back(*std::move(parsed));
  }
  if (app.count("--workers") != 0) {
    const std::expected<unsigned, std::string> parsed = parse_workers(workers);
    if (!parsed) return wrong(parsed.error());
    options.workers = *parsed;
  }
  return options;
}

void apply_options(const Options& options, Config& config) {
  if (options.workers) config.server.workers = *options.workers;
  if (options.listen.empty()) return;
  const auto is_named = [&](const ListenerConfig& listener) {
    return std::ranges::find(options.listen, listener.name, &ListenOption::name) != options.listen.end();
  };
  for (ListenerConfig& listener : config.listeners) {
    if (is_named(listener)) listener.addresses.clear();
  }
  const auto is_default = [&](const ListenerConfig& listener) {
    return listener.place.line == 0 && !is_named(listener);
  };
  std::erase_if(config.listeners, is_default);
  for (const ListenOption& option : options.listen) {
    auto listener = std::ranges::find(config.listeners, option.name, &ListenerConfig::name);
    if (listener == config.listeners.end()) listener = config.listeners.insert(listener, {option.name, {}, {}});
    listener->addresses.push_back(option.address);
  }
}

}  // namespace webserv
