// The entries of a directory as a page for people, or as JSON for programs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "webserv/handlers/files/folder_entries.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/gate.h"
#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv::detail {

// What is listed, and how.
struct ListedFolder {
  OpenedFile folder;
  Directory root;             // beneath which it lies
  std::string relative;       // its path there: "" or with a slash at the end
  bool hidden_files = false;  // names that begin with a dot are shown too
};

// Makes the listings of a server. Folders are read by the pool; a page goes out in parts as it is made. Of each worker
// few listings are under way at a time, and the others wait for their turn: so what all of them hold is bounded.
class Listings {
 public:
  // That are under way on a worker at a time.
  static constexpr unsigned most_at_once = 4;
  // A client that takes longer for a listing is cut off where others wait for their turn.
  static constexpr Clock::duration patience = std::chrono::seconds(10);

  // No folder of more than `most_entries` is listed.
  Listings(unsigned workers, std::shared_ptr<BlockingPool> pool, size_t most_entries = FolderEntries::most);
  Listings(const Listings&) = delete;

  // The query of the request says the order (?sort=name|size|mtime and &order=asc|desc; directories always come first),
  // its Accept fields the form. 503 where too many wait, 500 for a folder of too many entries and
  // for one that cannot be read. `request` outlives the task and the body of the response.
  Task<Response> list(Request& request, ListedFolder folder) const;

 private:
  const std::shared_ptr<BlockingPool> pool_;
  const size_t most_entries_;
  std::vector<std::shared_ptr<Gate>> gates_;  // of each worker
};

}  // namespace webserv::detail
