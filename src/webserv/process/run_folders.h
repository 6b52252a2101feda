// Temporary folders of runs: each is of one run at a time, and empty when the next one gets it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "webserv/base/result.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/fd.h"

namespace webserv::detail {

// A folder that is removed, with all that is in it, when its owner ends.
class RunFolder {
 public:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  RunFolder(RunFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~RunFolder();

  const std::string& path() const { return path_; }
  bool is_empty() const;
  // Removes what is in it; that may take long. What runs may put something in meanwhile: that stays.
  Result<> clear() const;

 private:
  std::string path_;
};

// Where they are made: a folder of its own, for this user alone, that ends with this. From any thread.
class RunFolders {
 public:
  // In this folder; nothing is made before a run needs it.
  explicit RunFolders(std::string where) : where_(std::move(where)) {}
  ~RunFolders();
  RunFolders(const RunFolders&) = delete;

  Result<RunFolder> make();
  // For the end of folders that have something in them.
  BlockingPool& cleaner() { return *cleaner_; }

 private:
  Result<> make_parent();

  const std::string where_;
  std::mutex mutex_;
  std::string parent_;  // empty: it is not there yet
  Fd lock_;             // of it
  uint64_t made_ = 0;
  std::unique_ptr<BlockingPool> cleaner_ = std::make_unique<BlockingPool>(1, 256, "run folders");
};

}  // namespace webserv::detail
