#include "app/serve/programs.h"

#include <unistd.h>

#include <expected>
#include <utility>

#include "webserv/process/cgroup_tree.h"

namespace webserv::app {

using namespace detail;

Programs make_programs(unsigned threads) {
  Programs programs;
  std::unique_ptr<CgroupTree> cgroups;
  if (std::expected<std::unique_ptr<CgroupTree>, std::string> found = CgroupTree::find()) {
    cgroups = *std::move(found);
    programs.not_guaranteed = cgroups->missing();
  } else {
    programs.not_guaranteed =
        "programs have no cgroup of their own, so that what leaves its process group outlives them for a "
        "moment, and limits hold for each process alone: " +
        found.error();
  }
  constexpr pid_t init = 1;
  const bool adopts = cgroups == nullptr || ::getpid() == init;
  programs.spawner = std::make_shared<Spawner>(threads, std::move(cgroups));
  if (adopts) programs.spawner->adopt_orphans();
  return programs;
}

}  // namespace webserv::app
