#include "app/systemd/reload_request.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include "webserv/io/fd.h"

namespace webserv::app {

ReloadRequest::ReloadRequest(const char* runtime_directory) {
  const std::string_view folders = runtime_directory == nullptr ? "" : runtime_directory;
  const std::string_view folder = folders.substr(0, folders.find(':'));
  if (!folder.empty()) file_ = std::string(folder) + "/reload";
}

void ReloadRequest::begin() { waiting_ = !file_.empty() && ::access(file_.c_str(), F_OK) == 0; }

void ReloadRequest::end(ReloadOutcome outcome) {
  if (!waiting_) return;
  waiting_ = false;
  if (outcome == ReloadOutcome::succeeded) {
    ::unlink(file_.c_str());
    return;
  }
  constexpr std::string_view failed = "failed\n";
  const Fd file(::open(file_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return;
  [[maybe_unused]] const ssize_t written = ::write(file.get(), failed.data(), failed.size());
}

}  // namespace webserv::app
