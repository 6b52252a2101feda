#include "app/site/site.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "app/config/own_paths.h"
#include "app/site/welcome.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/redirect.h"
#include "webserv/handlers/respond.h"
#include "webserv/http/mime.h"

namespace webserv::app {

using namespace detail;

namespace {

// Of what waits for a disk.
constexpr size_t longest_queue = 1024;

// What the server says of itself; like any other field it can be removed.
const FieldRules& server_fields() {
  static const FieldRules fields = {{"Server", "webserv"}};
  return fields;
}

class SiteBuilder {
 public:
  SiteBuilder(const SiteHost& host, const Config& config)
      : host_(host),
        programs_{.spawner = host.spawner,
                  .workers = host.workers,
                  .gates = host.gates,
                  .hidden = hidden_from_programs(host, config),
                  .log = host.log},
        files_{std::make_shared<FileCaches>(host.workers, FileCacheLimits{.descriptors = host.cached_files}),
               host.listings} {}

  VirtualHost host(const VhostConfig& config) {
    Finish finish = finish_of(config.fields, config.error_pages);
    finish = Finish::merge({server_fields(), {}}, finish);
    std::vector<Route> routes;
    for (const RouteConfig& route : config.routes) routes.push_back(this->route(config.name, route, finish));
    VirtualHost host;
    host.names.push_back(config.name);
    host.names.insert(host.names.end(), config.aliases.begin(), config.aliases.end());
    host.listeners = config.listeners;
    host.routes = std::make_shared<const Routes>(config.name, std::move(routes), config.limits, std::move(finish));
    return host;
  }

 private:
  Route route(const std::string& host_name, const RouteConfig& config, const Finish& host) {
    Route route;
    route.path = config.path;
    route.limits = config.limits;
    route.finish = Finish::merge(host, finish_of(config.fields, config.error_pages));
    route.handler = config.handler->build({host_name + " " + config.path, route.finish.fields, programs_, files_});
    route.methods = config.handler->methods();
    if (!config.methods.empty()) route.methods = route.methods & config.methods;
    return route;
  }

  Finish finish_of(const FieldRules& fields, const std::vector<ErrorPageConfig>& pages) {
    Finish finish{fields, {}};
    for (const ErrorPageConfig& page : pages) finish.error_pages.set(page.code_or_class, page_file(page.file));
    return finish;
  }

  // Null where no program runs.
  static std::shared_ptr<const HiddenPaths> hidden_from_programs(const SiteHost& host, const Config& config) {
    if (host.spawner == nullptr || !runs_programs(config)) return nullptr;
    return std::make_shared<const HiddenPaths>(own_paths(config));
  }

  // One for each file, however many routes use it.
  std::shared_ptr<const ErrorPageFile> page_file(const std::string& path) {
    std::shared_ptr<const ErrorPageFile>& file = page_files_[path];
    if (file == nullptr) file = std::make_shared<const ErrorPageFile>(path, host_.error_pages, host_.clock, host_.log);
    return file;
  }

  const SiteHost& host_;
  const CgiHost programs_;
  const FilesHost files_;
  std::map<std::string, std::shared_ptr<const ErrorPageFile>> page_files_;
};

Route fixed_route(std::string path, Handler handler, const RouteLimits& limits) {
  Route route;
  route.path = std::move(path);
  route.handler = std::move(handler);
  route.methods = reading_methods;
  route.limits = limits;
  route.finish.fields = server_fields();
  return route;
}

// The route "/" gets the requests of all paths below it, too: this answers for its own path alone.
Handler only_at_root(Handler handler) {
  return [handler = std::move(handler)](Request& request) -> Answer {
    if (request.path() == "/") return handler(request);
    return error(Status::not_found, "no such file");
  };
}

VirtualHost welcome_host(const RouteLimits& limits) {
  std::vector<Route> routes;
  for (const EmbeddedFile& file : welcome_files()) {
    Handler handler = memory_file(file.content, mime_type(file.path));
    if (file.path == "index.html") {
      routes.push_back(fixed_route("/", only_at_root(std::move(handler)), limits));
    } else {
      routes.push_back(fixed_route("/" + std::string(file.path), std::move(handler), limits));
    }
  }
  Handler health = respond(Status::ok, "ok\n", "text/plain; charset=utf-8", server_fields());
  routes.push_back(fixed_route("/health", std::move(health), limits));
  routes.push_back(fixed_route("/old/", redirect("/", Status::permanent_redirect, "/old"), limits));
  VirtualHost host;
  host.names = {"*"};
  host.routes = std::make_shared<const Routes>("*", std::move(routes), limits, Finish{server_fields(), {}});
  return host;
}

}  // namespace

SiteHost::SiteHost(unsigned workers_, const Clock& clock_, const Log& log_, unsigned blocking_threads)
    : workers(workers_),
      clock(clock_),
      log(log_),
      gates(std::make_shared<Gates>()),
      error_pages(std::make_shared<BlockingPool>(blocking_threads, longest_queue, "error pages")),
      listings(std::make_shared<const Listings>(
          workers, std::make_shared<BlockingPool>(blocking_threads, longest_queue, "listings"))) {}

std::shared_ptr<const Hosts> build_hosts(const Config& config, const SiteHost& host) {
  SiteBuilder builder(host, config);
  std::vector<VirtualHost> virtual_hosts;
  for (const VhostConfig& vhost : config.vhosts) virtual_hosts.push_back(builder.host(vhost));
  if (virtual_hosts.empty()) virtual_hosts.push_back(welcome_host(config.limits.route));
  return std::make_shared<const Hosts>(virtual_hosts, Finish{server_fields(), {}});
}

Application application_of(std::shared_ptr<const Hosts> hosts, const Config& config) {
  Application site;
  site.handler = [hosts](Request& request) { return (*hosts)(request); };
  site.refusal = [hosts](Request& request, const HttpError& wrong) { return hosts->refuse(request, wrong); };
  site.limits = config.limits;
  for (const ListenerConfig& listener : config.listeners) {
    if (listener.trusted_proxies.empty()) continue;
    site.listeners.push_back({listener.name, listener.trusted_proxies, listener.proxy_protocol});
  }
  return site;
}

Application build_site(const Config& config, const SiteHost& host) {
  return application_of(build_hosts(config, host), config);
}

}  // namespace webserv::app
