#include "app/config/redirect_circles.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webserv::app {
namespace {

// Where the redirects of a host lead within it.
class Redirects {
 public:
  explicit Redirects(std::span<const RouteConfig> routes) {
    for (size_t i = 0; i < routes.size(); ++i) by_path_.emplace(routes[i].path, i);
    for (const RouteConfig& route : routes) {
      std::optional<LocalRedirect> redirect;
      if (route.handler != nullptr) redirect = route.handler->local_redirect();
      next_.push_back(redirect ? find(redirect->path) : std::nullopt);
    }
  }

  // How many redirects lead from this one back to it; nothing where they end elsewhere.
  std::optional<size_t> steps_back(size_t route) const {
    // A client gives up after some (20 in most).
    constexpr size_t most_steps = 20;
    size_t now = route;
    for (size_t steps = 1; steps <= most_steps; ++steps) {
      if (!next_[now]) return std::nullopt;
      now = *next_[now];
      if (now == route) return steps;
    }
    return std::nullopt;
  }

 private:
  // The route that a request for the path gets to: that path alone, or the longest one that it is below.
  std::optional<size_t> find(std::string_view path) const {
    const auto exact = by_path_.find(path);
    if (exact != by_path_.end()) return exact->second;
    for (size_t slash = path.rfind('/'); slash != std::string_view::npos;
         slash = slash == 0 ? slash - 1 : path.rfind('/', slash - 1)) {
      const auto found = by_path_.find(path.substr(0, slash + 1));
      if (found != by_path_.end()) return found->second;
    }
    return std::nullopt;
  }

  std::map<std::string_view, size_t> by_path_;
  std::vector<std::optional<size_t>> next_;  // of each route, the one that it leads to
};

}  // namespace

void check_redirects(std::span<const RouteConfig> routes, Findings& findings) {
  const Redirects redirects(routes);
  for (size_t i = 0; i < routes.size(); ++i) {
    const std::optional<size_t> steps = redirects.steps_back(i);
    if (!steps) continue;
    const Text to = routes[i].handler->local_redirect()->to;
    const std::string over = *steps == 1 ? "" : fmt::format(" over {} other{}", *steps - 1, *steps == 2 ? "" : "s");
    findings.add(to.region,
                 fmt::format("{} leads back to this route{}: the redirect has no end", in_quotes(to.text), over));
  }
}

}  // namespace webserv::app
