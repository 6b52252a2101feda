#include "webserv/handlers/error_pages.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include "webserv/http/mime.h"
#include "webserv/io/blocking.h"
#include "webserv/io/fd.h"

namespace webserv {

using namespace detail;

namespace {

constexpr Clock::duration looked_at_every = std::chrono::seconds(1);

// Null where it is no regular file of a sensible size, or cannot be read.
std::shared_ptr<const std::string> read_page(const std::string& path) {
  // A pipe is opened without waiting for its other end, and then passed over.
  const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return nullptr;
  if (static_cast<uint64_t>(status.st_size) > ErrorPageFile::max_size) return nullptr;
  std::string content(static_cast<size_t>(status.st_size), '\0');
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + done, content.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return nullptr;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  content.resize(done);
  return std::make_shared<const std::string>(std::move(content));
}

}  // namespace

ErrorPageFile::ErrorPageFile(std::string path, std::shared_ptr<BlockingPool> pool, const Clock& clock, const Log& log)
    : path_(std::move(path)), type_(mime_type(path_)), pool_(std::move(pool)), clock_(clock), log_(log) {}

bool ErrorPageFile::is_fresh() const {
  std::scoped_lock lock(mutex_);
  return looked_at_ && clock_.now() - *looked_at_ < looked_at_every;
}

std::shared_ptr<const std::string> ErrorPageFile::content() const {
  std::scoped_lock lock(mutex_);
  return content_;
}

Task<> ErrorPageFile::refresh() const {
  {
    std::scoped_lock lock(mutex_);
    // Who comes meanwhile takes what was there before, once anything was.
    if (looked_at_) looked_at_ = clock_.now();
  }
  auto read = [path = path_] { return read_page(path); };
  Result<std::shared_ptr<const std::string>> page = co_await blocking(*pool_, std::move(read));
  take(page.value_or(nullptr));
}

void ErrorPageFile::take(std::shared_ptr<const std::string> content) const {
  std::scoped_lock lock(mutex_);
  looked_at_ = clock_.now();
  content_ = std::move(content);
  const bool missing = content_ == nullptr;
  if (missing && !missing_told_) {
    log_.event(Level::warning, "error_page_missing", "cannot read an error page, the built-in one is sent",
               {{"file", path_}});
  }
  missing_told_ = missing;
}

void ErrorPages::set(unsigned code_or_class, std::shared_ptr<const ErrorPageFile> file) {
  auto same = [&](const auto& page) { return page.first == code_or_class; };
  auto old = std::ranges::find_if(pages_, same);
  if (old != pages_.end()) {
    old->second = std::move(file);
  } else {
    pages_.emplace_back(code_or_class, std::move(file));
  }
}

ErrorPages ErrorPages::merge(const ErrorPages& wider, const ErrorPages& narrower) {
  ErrorPages merged = wider;
  for (const auto& [key, file] : narrower.pages_) merged.set(key, file);
  return merged;
}

const ErrorPageFile* ErrorPages::find(Status status) const {
  const ErrorPageFile* exact = of_key(code(status));
  return exact != nullptr ? exact : of_key(code(status) / 100);
}

const ErrorPageFile* ErrorPages::of_key(unsigned key) const {
  for (const auto& [page_key, file] : pages_) {
    if (page_key == key) return file.get();
  }
  return nullptr;
}

}  // namespace webserv
