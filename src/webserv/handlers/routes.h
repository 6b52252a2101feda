// The routes of a virtual host: finds the one that a path belongs to, sees that the request may reach its handler, and
// says how its answer is finished.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/handlers/finish.h"
#include "webserv/handlers/name_table.h"
#include "webserv/http/method.h"
#include "webserv/server/handler.h"
#include "webserv/server/limits.h"

namespace webserv {

struct Route {
  std::string path;  // "/x" is that path alone, "/x/" all below it; as names of files: decoded, no dot segments
  Handler handler;
  MethodSet methods;  // those that reach the handler; HEAD comes with GET; OPTIONS is answered here unless it is named
  RouteLimits limits;
  Finish finish;      // whole: with what the host has
  std::string allow;  // the value of Allow, made by Routes
};

class Routes {
 public:
  // `host` is its name in the log. `limits` and `finish` are for answers where no route is found. Of several routes
  // with the same path the first counts.
  Routes(std::string host, std::vector<Route> routes, RouteLimits limits, Finish finish);
  Routes(const Routes&) = delete;

  struct Match {
    const Route* route = nullptr;  // null: none
    bool add_slash = false;        // the path is that of the route but for its last slash: a redirect is due
  };
  // The longest route that matches, whose cost depends on the segments that match alone. `path` is normalized.
  Match find(std::string_view path) const {
    if (nodes_.front().has_children) return find_below(path);
    return {route_at(nodes_.front().prefix), false};
  }

  // 404 without a route, 405 with Allow for a method it does not offer, 204 with Allow for OPTIONS, 413 for a body that
  // is declared larger than the route takes, 308 where the slash is missing; else what the handler says.
  Answer operator()(Request& request) const;

  const std::string& host() const { return host_; }
  // For answers where no route is found.
  const Finish& finish() const { return nowhere_.finish; }
  // For the answers of the route whose path this is.
  const Finish& finish_of(std::string_view route) const { return find(route).route->finish; }

 private:
  struct Node {
    uint32_t exact = detail::NameTable::none;   // the route of this very path
    uint32_t prefix = detail::NameTable::none;  // the route of this path with a slash
    bool has_children = false;
  };

  const Route* route_at(uint32_t number) const {
    return number == detail::NameTable::none ? nullptr : &routes_[number];
  }
  Match find_below(std::string_view path) const;
  void insert(uint32_t number);

  const std::string host_;
  std::vector<Route> routes_;
  Route nowhere_;               // for paths without a route
  Route whole_;                 // for targets without a path: OPTIONS * and CONNECT
  std::vector<Node> nodes_;     // the tree of segments; the first is the root
  detail::NameTable children_;  // (number of a node, segment) to the number of its child
};

}  // namespace webserv
