// What answers the requests of a route: each kind of handler is one class, which knows its keys of the configuration
// from their texts to the handler that the library runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/routes/handler_facts.h"
#include "app/routes/missing.h"
#include "app/schema/places.h"
#include "app/schema/section.h"
#include "app/text/diagnostic.h"
#include "webserv/handlers/cgi/cgi.h"
#include "webserv/handlers/field_rules.h"
#include "webserv/handlers/files/static_files.h"
#include "webserv/http/method.h"
#include "webserv/server/handler.h"

namespace webserv::app {

// What most handlers can do.
inline constexpr MethodSet reading_methods = {Method::get, Method::head};
// All that a client may choose freely; OPTIONS is answered by the route.
inline constexpr MethodSet all_methods = {Method::get, Method::head,    Method::post,
                                          Method::put, Method::delete_, Method::patch};

// What handlers are made of beside what their own keys say.
struct HandlerParts {
  std::string name;          // of the route among all of the server, the same after a reload
  const FieldRules& fields;  // of the route's answers, whole; what is prepared has them already
  const CgiHost& programs;   // starts programs
  const FilesHost& files;    // what all files of the site share
};

// A redirect to another path of the same host.
struct LocalRedirect {
  std::string path;  // that clients ask for next, as routes are compared
  Text to;           // as it is written
};

// The keys of a route that say what answers, complete and checked. Immutable; copies of a configuration share it.
class RouteHandler {
 public:
  RouteHandler() = default;
  RouteHandler(const RouteHandler&) = delete;
  RouteHandler& operator=(const RouteHandler&) = delete;
  virtual ~RouteHandler() = default;

  // What it can do: a route may offer less.
  virtual MethodSet methods() const = 0;

  // The handler itself. Looks at no file and starts nothing.
  virtual Handler build(const HandlerParts& parts) const = 0;

  // What `webserv explain` says of it; `places` are those of its route, here and below.
  virtual HandlerFacts explain(const Places& places) const = 0;

  // Adds to the findings what only this host knows to be wrong with it: folders, files and programs that cannot be
  // used.
  virtual void check_live(const Places&, Findings&) const {}

  // What people should know when the server starts.
  virtual std::vector<Missing> missing() const { return {}; }

  // The folder or the file that it answers from, an absolute path; empty: none.
  virtual std::string_view root() const { return {}; }

  // How the programs run that requests make it start; null: it starts none.
  virtual const CgiOptions* programs() const { return nullptr; }
  bool runs_programs() const { return programs() != nullptr; }

  // Where it sends clients on, if it does nothing else.
  virtual std::optional<LocalRedirect> local_redirect() const { return std::nullopt; }
};

}  // namespace webserv::app
