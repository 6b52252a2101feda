#include "webserv/handlers/cgi/cgi_sendfile.h"

#include <utility>

#include "webserv/handlers/files/stored_file.h"
#include "webserv/http/mime.h"

namespace webserv::detail {

SendfileRoots::SendfileRoots(const std::vector<std::string>& folders) {
  for (const std::string& path : folders) {
    folders_.push_back(std::make_unique<Directory>(path, std::vector<std::string>()));
  }
}

Result<OpenedFile> SendfileRoots::open(std::string_view path, Clock::time_point now) const {
  for (const auto& each : folders_) {
    std::string_view folder = each->path();
    if (folder.ends_with('/')) folder.remove_suffix(1);
    if (!path.starts_with(folder) || path.substr(folder.size(), 1) != "/") continue;
    Result<OpenedFile> file = each->open(path.substr(folder.size() + 1), now);
    if (file && !file->is_directory()) return file;
  }
  return std::unexpected(Error::no_such_file_or_directory);
}

Result<Response> SendfileRoots::answer(std::string_view path, const Response& answer, Clock::time_point now,
                                       int64_t unix_seconds) const {
  Result<OpenedFile> file = open(path, now);
  if (!file) return std::unexpected(file.error());
  const FieldRules no_rules;
  const StoredFileFields fields{.type = mime_type(path),
                                .coding = Coding::identity,
                                .cache_control = {},
                                .varies = false,
                                .rules = no_rules,
                                .now = unix_seconds};
  Result<std::shared_ptr<const StoredFile>> stored = store_file(std::move(*file), fields, StoreOptions{});
  if (!stored) return std::unexpected(stored.error());
  Response sent = unfold((*stored)->prepared);
  sent.finished = false;  // the rules of the route are not in it, as they are in what a site serves
  sent.status = answer.status;
  sent.fields.override_with(answer.fields);
  return sent;
}

}  // namespace webserv::detail
