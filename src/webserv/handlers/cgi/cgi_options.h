// What a route says of its programs, and what starts them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/server/limits.h"

namespace webserv {

namespace detail {
struct HiddenPaths;
class Gates;
class Spawner;
}  // namespace detail

// What a route's programs may take. `unlimited` and CgiLimits::forever lift a limit.
struct CgiLimits {
  static constexpr Clock::duration forever = Clock::duration::max();

  Clock::duration time = std::chrono::seconds(30);  // of a run: 504 where no head was sent yet, else it is cut
  Clock::duration grace{};                          // between SIGTERM and the end; 0: ended at once
  uint64_t output = unlimited;                      // bytes of the body that a run writes: cut above
  uint64_t concurrency = 16;                        // runs of the route at once: others wait a little, then 503
  uint64_t memory = 256 << 20;                      // bytes of a run's processes together
  uint64_t tasks = 64;                              // processes and threads of a run
  uint32_t cpu_weight = 100;                        // share of the processor against other runs, 1 to 10,000

  bool operator==(const CgiLimits&) const = default;
};

// What the programs of a route may reach beside the default, which docs/cgi.md tells.
struct CgiSandbox {
  bool on = true;
  std::vector<std::string> read = {};   // absolute paths of files and folders, to read and to run
  std::vector<std::string> write = {};  // the same, to read, to change, to make and to remove, but not to run
  bool network = false;                 // sockets, also those of unix(7), but for pairs of these

  bool operator==(const CgiSandbox&) const = default;
};

struct CgiOptions {
  enum class Body : uint8_t {
    gather,  // first all of the request's body, then the program starts: CONTENT_LENGTH is always right
    stream,  // as it comes; without CONTENT_LENGTH where the request has none
  };

  std::string route = "/";  // removed from the beginning of a request's path
  // Of the route among all routes of the server. Runs of routes of one name count together, as those of a route that a
  // reload has made anew do; without a name they are counted by themselves.
  std::string name = {};
  // One of these two. Below a root, the longest beginning of the path that is a file is the script.
  std::string program;  // answers everything below the route
  std::string root;     // the folder of scripts

  std::vector<std::string> symlinks;  // absolute paths of folders outside of the root that links may lead into
  // Extensions with their dot, and the program that runs such files; "": the file runs itself. Other files of a root
  // run themselves, where they have the run bit, or are no scripts among script_files().
  std::vector<std::pair<std::string, std::string>> interpreters;
  bool hidden_files = false;  // names that begin with a dot may be scripts

  std::vector<std::pair<std::string, std::string>> environment;  // wins over every variable of the server's
  std::vector<std::string> sendfile_roots;  // folders whose files X-Sendfile may name; empty: X-Sendfile is refused
  Body body = Body::gather;
  CgiSandbox sandbox;
  CgiLimits limits;

  bool operator==(const CgiOptions&) const = default;
};

// What starts the programs of all routes, and where they are told of.
struct CgiHost {
  std::shared_ptr<detail::Spawner> spawner;             // with cgroups, where there are any
  unsigned workers = 1;                                 // of the server
  std::shared_ptr<detail::Gates> gates{};               // of routes by their names; null: none has a name
  std::shared_ptr<const detail::HiddenPaths> hidden{};  // what sandboxes keep from programs; null: nothing
  const Log& log;  // borrowed; gets what the programs write to standard error, and why an answer is a 502
};

}  // namespace webserv
