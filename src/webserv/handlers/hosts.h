// Virtual hosts: which one answers for a host name at a listener.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/handlers/name_table.h"
#include "webserv/handlers/routes.h"
#include "webserv/server/handler.h"

namespace webserv {

struct VirtualHost {
  std::vector<std::string> names;      // "a.b"; "*.b" for one or more labels before ".b"; "*" for every other name
  std::vector<std::string> listeners;  // those it answers at; all, if empty
  std::shared_ptr<const Routes> routes;
};

class Hosts {
 public:
  // Names are normalized as by normalize_host. Of several hosts with the same name at a listener the first counts.
  // `nobody` finishes the 421 for a name that nobody answers to.
  Hosts(const std::vector<VirtualHost>& hosts, Finish nobody);

  struct Match {
    std::string name;  // which of the host's names matched
    std::shared_ptr<const Routes> routes;
  };
  // The exact name, else the longest wildcard, else "*"; null where none is there. `host` is normalized; without one
  // (HTTP/1.0) "*" answers. The cost does not depend on the number of hosts.
  const Match* find(std::string_view listener, std::string_view host) const;

  Answer operator()(Request& request) const;

  // The answer to a request that is refused. It is finished as its host says or, where it came to a route before it was
  // refused (within its body, or behind a redirect), as that does.
  Response refuse(Request& request, const HttpError& wrong) const;

  // What the answers of a host get that no route gives. Where nobody answers to it, or it is not known (""), that of
  // "*" at the listener, or else at the first one that has it.
  const Finish& finish_for(std::string_view listener, std::string_view host) const;

 private:
  // Listeners that hosts name each have names of their own; all others share group 0.
  uint32_t group_of(std::string_view listener) const;
  uint32_t find_wildcard(uint32_t group, std::string_view host) const;
  void insert(uint32_t group, std::string_view name, uint32_t match);

  std::vector<Match> matches_;
  std::vector<std::string> listeners_;  // of groups 1 and up
  std::vector<uint32_t> defaults_;      // of each group: the match of "*"
  detail::NameTable names_;             // space 2 * group: exact names; 2 * group + 1: what follows "*."
  size_t longest_wildcard_ = 0;
  Finish nobody_;
};

}  // namespace webserv
