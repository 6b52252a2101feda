#include "webserv/handlers/error_pages.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "webserv/http/mime.h"

namespace webserv {

namespace {

constexpr Clock::duration looked_at_every = std::chrono::seconds(1);

std::shared_ptr<const std::string> read_page(const std::string& path) {
  // A pipe would keep the worker waiting, a device would never end.
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return nullptr;
  uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > ErrorPageFile::max_size) return nullptr;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return nullptr;
  auto content = std::make_shared<std::string>(static_cast<size_t>(size), '\0');
  file.read(content->data(), static_cast<std::streamsize>(content->size()));
  if (file.bad()) return nullptr;
  content->resize(static_cast<size_t>(file.gcount()));
  return content;
}

}  // namespace

ErrorPageFile::ErrorPageFile(std::string path, const Clock& clock, const Log& log)
    : path_(std::move(path)), type_(mime_type(path_)), clock_(clock), log_(log) {}

std::shared_ptr<const std::string> ErrorPageFile::read() const {
  std::scoped_lock lock(mutex_);
  Clock::time_point now = clock_.now();
  if (!looked_at_ || now - *looked_at_ >= looked_at_every) {
    looked_at_ = now;
    refresh();
  }
  return content_;
}

void ErrorPageFile::refresh() const {
  content_ = read_page(path_);
  bool missing = content_ == nullptr;
  if (missing && !told_missing_) {
    log_.event(Level::warning, "error_page_missing", "cannot read an error page, the built-in one is sent",
               {{"file", path_}});
  }
  told_missing_ = missing;
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
