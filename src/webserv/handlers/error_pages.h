// The pages that the configuration gives to errors.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/base/clock.h"
#include "webserv/base/log.h"
#include "webserv/http/status.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/task.h"

namespace webserv {

// A file that stands for the body of an error; looked at again at most once a second, so a change on disk shows soon.
// From any thread; a slow disk keeps nobody waiting but who asked for the file first.
class ErrorPageFile {
 public:
  // What a page may have; a larger one counts as missing.
  static constexpr size_t max_size = 1 << 20;

  // Borrows the clock and the log, which is told when the page cannot be read, once until it can be again.
  ErrorPageFile(std::string path, std::shared_ptr<BlockingPool> pool, const Clock& clock, const Log& log);

  // Whether content() is as new as it has to be; refresh() makes it so.
  bool is_fresh() const;
  Task<> refresh() const;
  // The file's bytes as they were last read; null where it could not be read.
  std::shared_ptr<const std::string> content() const;

  const std::string& path() const { return path_; }
  // The media type, by the extension.
  std::string_view type() const { return type_; }

 private:
  void take(std::shared_ptr<const std::string> content) const;

  const std::string path_;
  const std::string_view type_;
  const std::shared_ptr<BlockingPool> pool_;
  const Clock& clock_;
  const Log& log_;
  mutable std::mutex mutex_;  // errors alone come here; nothing that takes long is done under it
  mutable std::optional<Clock::time_point> looked_at_;
  mutable std::shared_ptr<const std::string> content_;
  mutable bool missing_told_ = false;
};

// Which file stands for which error: a status code (404), or a class of them (4 for 4xx).
class ErrorPages {
 public:
  void set(unsigned code_or_class, std::shared_ptr<const ErrorPageFile> file);

  // The pages of `wider`, but for what `narrower` has a page for.
  static ErrorPages merge(const ErrorPages& wider, const ErrorPages& narrower);

  // The page of the code, else that of its class; null where there is none.
  const ErrorPageFile* find(Status status) const;

 private:
  const ErrorPageFile* of_key(unsigned key) const;
  std::vector<std::pair<unsigned, std::shared_ptr<const ErrorPageFile>>> pages_;
};

}  // namespace webserv
