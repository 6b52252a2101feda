#include "app/config/config_builder.h"

#include <optional>

#include "app/config/config_checks.h"
#include "app/config/listener_builder.h"
#include "app/config/vhost_builder.h"
#include "app/schema/section_reader.h"

namespace webserv::app {
namespace {

ServerConfig read_server(const SectionReader& server) {
  return {.workers = static_cast<unsigned>(server.number("workers", ServerConfig{}.workers))};
}

// Those of [limits] and of [timeouts]; a table that is left out sets none.
Limits read_limits(const std::optional<SectionReader>& sizes, const std::optional<SectionReader>& times) {
  Limits limits;
  if (sizes) {
    limits.head.head_size = sizes->number("head_size", limits.head.head_size);
    limits.head.fields = sizes->number("fields", limits.head.fields);
    limits.route.body_size = sizes->number("body_size", limits.route.body_size);
    limits.connections = sizes->number("connections", limits.connections);
    limits.connections_per_client = sizes->number("connections_per_client", limits.connections_per_client);
    limits.requests_per_connection = sizes->number("requests_per_connection", limits.requests_per_connection);
  }
  if (times) {
    limits.idle = times->time("idle", limits.idle);
    limits.proxy_idle = times->time("idle", limits.proxy_idle);
    limits.head_time = times->time("head", limits.head_time);
    limits.route.body = times->time("body", limits.route.body);
    limits.route.write = times->time("write", limits.route.write);
    limits.route.proxy_write = times->time("write", limits.route.proxy_write);
    limits.drain = times->time("drain", limits.drain);
  }
  return limits;
}

LogConfig read_log(const SectionReader& log) {
  const LogConfig defaults;
  LogConfig config;
  config.level = parse_level(log.text("level", {})).value_or(defaults.level);
  config.access = log.text("access", defaults.access);
  return config;
}

}  // namespace

Config build_config(const Section& file, std::string_view folder, Findings& findings) {
  const SectionReader reader(file, folder, findings);
  Config config;
  config.listeners = build_listeners(reader);
  if (const auto server = reader.table("server")) config.server = read_server(*server);
  config.limits = read_limits(reader.table("limits"), reader.table("timeouts"));
  if (const auto log = reader.table("log")) config.log = read_log(*log);
  for (std::string_view key : {"server", "limits", "timeouts", "log"}) {
    if (const auto table = reader.table(key)) config.places.add(table->section());
  }
  if (const auto* hosts = file.get<std::vector<Section>>("vhost")) {
    const HostContext context{config.listeners, config.limits.route,
                              file.damaged || config.listeners.size() == most_listeners};
    for (const Section& host : *hosts) {
      config.vhosts.push_back(build_vhost(SectionReader(host, folder, findings), context));
    }
  }
  check_together(config, file, findings);
  return config;
}

}  // namespace webserv::app
