#include "app/serve/descriptors.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "app/serve/programs.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/server/limits.h"

namespace webserv::app {

namespace {

// Of the process: standard ones, signals, the log, cgroups, /dev/null, what a reload reads and opens, folders that are
// listed, and some that nobody thought of.
constexpr uint64_t of_process = 40;
// Of a worker: its loop has two, and what starts programs three.
constexpr uint64_t of_worker = 6;

// Parts of what the process itself leaves. Of the roots of many routes few are open at a time. The cache of files may
// be there twice while a reload is taken over.
constexpr uint64_t part_of_roots = 4;
constexpr uint64_t part_of_cache = 16;
// A run has up to seven: pipes, its process, its group, the stored body.
constexpr uint64_t part_of_programs = 8;

// What the cache of a worker has where there is enough.
constexpr uint64_t most_cached = detail::FileCacheLimits{}.descriptors;

// A server that can take fewer connections serves nobody well.
constexpr uint64_t least_connections = 4;

}  // namespace

uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return unlimited;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

DescriptorUse use_of(const Config& config, size_t listeners, unsigned workers) {
  DescriptorUse use{workers, listeners, 0, runs_programs(config)};
  for (const VhostConfig& vhost : config.vhosts) use.routes += vhost.routes.size();
  return use;
}

DescriptorShares share_descriptors(uint64_t limit, const DescriptorUse& use) {
  const uint64_t own = of_process + of_worker * use.workers + use.listeners;
  if (limit <= own) return {};
  uint64_t left = limit - own;
  left -= std::min<uint64_t>(left / part_of_roots, use.routes * use.workers);
  DescriptorShares shares;
  shares.cached_files = std::min(left / part_of_cache / use.workers, most_cached);
  left -= 2 * shares.cached_files * use.workers;
  if (use.programs) left -= left / part_of_programs;
  // Each connection has a file beside it, and some clients are being turned away.
  constexpr uint64_t share = detail::turned_away_share;
  const uint64_t if_few = left * share / (2 * share + 1);
  const uint64_t if_many = left < detail::most_turned_away ? 0 : (left - detail::most_turned_away) / 2;
  shares.connections = std::max(if_few, if_many);
  if (shares.connections < least_connections) return {};
  return shares;
}

std::string told_of_fewer(uint64_t wanted, uint64_t connections, uint64_t limit) {
  return fmt::format(
      "limits.connections = {} is more than the limit of {} open files lets this server have: it takes {} connections "
      "at "
      "a time, so that files and programs find a descriptor; raise LimitNOFILE= in the unit (ulimit -n in a shell)",
      wanted == unlimited ? "\"unlimited\"" : std::to_string(wanted), limit, connections);
}

std::optional<std::string> too_few(uint64_t limit, const DescriptorUse& use) {
  if (share_descriptors(limit, use).connections > 0) return std::nullopt;
  uint64_t enough = limit;
  while (share_descriptors(enough, use).connections == 0) ++enough;
  return fmt::format(
      "the limit of {} open files is too low for this server, which needs {} at least: raise LimitNOFILE= in the unit "
      "(ulimit -n in a shell)",
      limit, enough);
}

}  // namespace webserv::app
