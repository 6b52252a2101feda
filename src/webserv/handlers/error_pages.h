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
#include "webserv/server/response.h"

namespace webserv {

// A file that stands for the body of an error; looked at again at most once a second, so a change on disk shows soon.
class ErrorPageFile {
 public:
  // What a page may have; a larger one counts as missing.
  static constexpr size_t max_size = 1 << 20;

  // Borrows the clock and the log, which is told when the page cannot be read, once until it can be again.
  ErrorPageFile(std::string path, const Clock& clock, const Log& log);

  // The file's bytes; null where it cannot be read. Any thread.
  std::shared_ptr<const std::string> read() const;
  const std::string& path() const { return path_; }
  // The media type, by the extension.
  std::string_view type() const { return type_; }

 private:
  void refresh() const;

  const std::string path_;
  const std::string_view type_;
  const Clock& clock_;
  const Log& log_;
  mutable std::mutex mutex_;  // errors alone come here
  mutable std::optional<Clock::time_point> looked_at_;
  mutable std::shared_ptr<const std::string> content_;
  mutable bool told_missing_ = false;
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
