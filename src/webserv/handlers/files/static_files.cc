#include "webserv/handlers/files/static_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/files/listing.h"
#include "webserv/handlers/redirect.h"
#include "webserv/http/mime.h"
#include "webserv/io/file.h"
#include "webserv/server/prepared.h"
#include "webserv/server/trace.h"

namespace webserv {

using namespace detail;

namespace {

std::string_view extension_of(Coding coding) {
  switch (coding) {
    case Coding::gzip: return ".gz";
    case Coding::br: return ".br";
    case Coding::zstd: return ".zst";
    case Coding::identity: break;
  }
  return {};
}

size_t index_of(Coding coding) { return static_cast<size_t>(coding); }

bool names_folder(std::string_view relative) { return relative.empty() || relative.ends_with('/'); }

// Nothing is there. A path that is refused is not among them: what is there is not told, but nothing stands for it
// either.
bool is_missing(Error error) {
  return error == Error::no_such_file_or_directory || error == Error::not_a_directory ||
         error == Error::filename_too_long || error == Error::is_a_directory;
}

Response file_error(Error reason) {
  switch (reason) {
    case Error::no_such_file_or_directory:
    case Error::not_a_directory:
    case Error::filename_too_long: return error(Status::not_found, "no such file");
    case Error::is_a_directory: return error(Status::not_found, "a folder without an index, and listing is off");
    case Error::too_many_symbolic_link_levels: return error(Status::not_found, "links that lead nowhere");
    case Error::cross_device_link: return error(Status::not_found, "a link that leads out of the root");
    case Error::permission_denied:
    case Error::operation_not_permitted: return error(Status::forbidden, "the file may not be read");
    case Error::too_many_files_open:
    case Error::too_many_files_open_in_system:
    case Error::not_enough_memory: return error(Status::service_unavailable, "too many files are open");
    default: return error(Status::internal_server_error, "the file cannot be read");
  }
}

Response method_not_allowed() {
  Response response = error(Status::method_not_allowed, "files can only be read");
  response.fields.add("Allow", "GET, HEAD");
  return response;
}

bool reads(const Request& request) { return request.method() == Method::get || request.method() == Method::head; }

Coding choose(const Request& request, const std::vector<Coding>& available) {
  return available.empty() ? Coding::identity : choose_coding(request.head().fields, available);
}

// Made in place: this is how most requests are answered.
Answer respond(const StoredFile& file) {
  Answer answer;
  Response& response = std::get<Response>(answer);
  response.finished = true;
  response.body.emplace<std::shared_ptr<const Prepared>>(file.prepared);
  return answer;
}

std::vector<std::unique_ptr<Directory>> one_for_each(unsigned workers, const StaticFilesOptions& options) {
  std::vector<std::unique_ptr<Directory>> directories;
  for (unsigned i = 0; i < workers; ++i) {
    directories.push_back(std::make_unique<Directory>(options.root, options.symlinks));
  }
  return directories;
}

class StaticFiles {
 public:
  StaticFiles(StaticFilesOptions options, FilesHost host);
  StaticFiles(const StaticFiles&) = delete;

  Answer operator()(Request& request) const;

 private:
  struct Found;
  struct Visit;

  Answer answer(const Visit& visit, std::string_view relative) const;
  Answer answer_file(const Visit& visit, std::string_view relative, Found found) const;
  Answer answer_missing(const Visit& visit, std::string_view relative, Error error) const;
  std::optional<Answer> answer_of_script(const Visit& visit, std::string_view relative) const;
  Result<Found> find(const Visit& visit, std::string_view relative) const;
  Result<Found> find_in_folder(const Visit& visit, std::string_view folder) const;
  Result<std::shared_ptr<const StoredFile>> store(const Visit& visit, Found& found, Coding coding) const;
  static bool changes_now(const Found& found, const StoreOptions& options);
  void open_codings(const Visit& visit, Found& found) const;
  bool is_hidden(std::string_view relative) const;
  static std::string_view how_found(const Visit& visit, std::string_view relative, std::string_view name,
                                    Coding coding);
  void trace(const Visit& visit, std::string_view name, std::string_view how) const;

  const StaticFilesOptions options_;
  const FilesHost host_;
  const uint32_t site_;           // of these files in the caches
  const uint32_t fallback_site_;  // of the fallback, which may be a path that is hidden to requests
  const std::vector<std::unique_ptr<Directory>> directories_;  // of each worker
};

// One request, with what belongs to its worker.
struct StaticFiles::Visit {
  Request& request;
  FileCache& cache;
  Directory& directory;
  Clock::time_point now;
  uint32_t site;            // in the cache
  bool falls_back = false;  // this is for the fallback already
};

// What a path leads to now: a file and the codings of it that lie beside it, or a directory, which is to be listed, or
// redirected to where its name has no slash.
struct StaticFiles::Found {
  Found(std::string_view name_, OpenedFile file) : name(name_) { in(Coding::identity) = std::move(file); }

  std::optional<OpenedFile>& in(Coding coding) { return files[index_of(coding)]; }
  bool is_directory() const { return files[0]->is_directory(); }

  std::string name;
  std::vector<Coding> codings;                       // other than identity
  std::array<std::optional<OpenedFile>, 4> files{};  // by Coding
};

StaticFiles::StaticFiles(StaticFilesOptions options, FilesHost host)
    : options_(std::move(options)),
      host_(std::move(host)),
      site_(host_.caches->new_site()),
      fallback_site_(host_.caches->new_site()),
      directories_(one_for_each(host_.caches->workers(), options_)) {}

Answer StaticFiles::operator()(Request& request) const {
  if (!reads(request) && options_.scripts == nullptr) return method_not_allowed();
  std::string_view relative = request.path();
  bool matches = options_.route.ends_with('/') ? relative.starts_with(options_.route) : relative == options_.route;
  if (!matches) return error(Status::not_found, "another route");
  relative.remove_prefix(options_.route.size());
  unsigned worker = request.worker();
  return answer({request, host_.caches->of(worker), *directories_[worker], request.loop().now(), site_}, relative);
}

Answer StaticFiles::answer(const Visit& visit, std::string_view relative) const {
  FileCache::Entry* entry = reads(visit.request) ? visit.cache.find(visit.site, relative) : nullptr;
  if (entry && visit.now < entry->stale) {
    const auto& stored = entry->in(choose(visit.request, entry->codings));
    if (stored && stored->is_usable(visit.now)) return respond(*stored);
  }
  trace(visit, relative, {});
  if (is_hidden(relative) && !visit.falls_back) return error(Status::not_found, "a hidden file");
  Result<Found> found = find(visit, relative);
  if (!found) {
    visit.cache.remove(visit.site, relative);
    return answer_missing(visit, relative, found.error());
  }
  bool is_script = options_.scripts != nullptr && !found->is_directory() && options_.scripts->includes(found->name);
  if (is_script) return options_.scripts->run(visit.request, found->name, {});
  if (!reads(visit.request)) return method_not_allowed();
  if (!found->is_directory()) return answer_file(visit, relative, std::move(*found));
  if (visit.falls_back) return error(Status::not_found, "the fallback is no file");
  if (!names_folder(relative)) {
    trace(visit, relative, "a folder, whose path ends with a slash");
    std::string location = location_with_slash(visit.request.path(), visit.request.head().target);
    return redirect_to(location, Status::permanent_redirect);
  }
  trace(visit, found->name, "the list of a folder without an index");
  ListedFolder folder{.folder = std::move(*found->in(Coding::identity)),
                      .root = Directory(options_.root, options_.symlinks),
                      .relative = std::move(found->name),
                      .hidden_files = options_.hidden_files};
  return host_.listings->list(visit.request, std::move(folder));
}

Answer StaticFiles::answer_missing(const Visit& visit, std::string_view relative, Error error) const {
  if (options_.scripts != nullptr && !visit.falls_back) {
    if (std::optional<Answer> answer = answer_of_script(visit, relative)) return std::move(*answer);
  }
  if (visit.falls_back || options_.fallback.empty() || !is_missing(error)) {
    if (!reads(visit.request)) return method_not_allowed();
    return file_error(error);
  }
  std::string_view fallback = options_.fallback;
  if (fallback.starts_with('/')) fallback.remove_prefix(1);
  Visit again = visit;
  again.site = fallback_site_;
  again.falls_back = true;
  return answer(again, fallback);
}

// A script that nobody but its own user may read, or one with more path behind it: the first file on the way.
std::optional<Answer> StaticFiles::answer_of_script(const Visit& visit, std::string_view relative) const {
  for (size_t end = 0; end < relative.size(); ++end) {
    end = std::min(relative.find('/', end), relative.size());
    std::string_view file = relative.substr(0, end);
    Result<struct stat> status = visit.directory.status(file, visit.now);
    if (!status) return std::nullopt;
    if (S_ISDIR(status->st_mode)) continue;
    if (!options_.scripts->includes(file)) return std::nullopt;
    return options_.scripts->run(visit.request, file, relative.substr(end));
  }
  return std::nullopt;
}

// What was stored and is still the same is used again; of the rest only what this answer needs is read.
Answer StaticFiles::answer_file(const Visit& visit, std::string_view relative, Found found) const {
  open_codings(visit, found);
  FileCache::Entry* old = visit.cache.find(visit.site, relative);
  if (old && visit.now < old->right + FileCache::grace && changes_now(found, visit.cache.limits().files)) {
    const auto& stored = old->in(choose(visit.request, old->codings));
    old->stale = visit.now + FileCache::pause;
    if (stored && !stored->file) return respond(*stored);
  }
  FileCache::Entry entry{.stale = visit.now + FileCache::look_again, .right = visit.now, .codings = found.codings};
  for (size_t i = 0; old && i < found.files.size(); ++i) {
    bool same = found.files[i] && old->files[i] && old->files[i]->stamp == FileStamp(found.files[i]->status);
    if (same) entry.files[i] = old->files[i];
  }
  Coding chosen = choose(visit.request, found.codings);
  if (visit.request.notes().find<Trace>() != nullptr) {
    trace(visit, found.name + std::string(extension_of(chosen)), how_found(visit, relative, found.name, chosen));
  }
  std::shared_ptr<const StoredFile> file = entry.in(chosen);
  if (!file) {
    Result<std::shared_ptr<const StoredFile>> stored = store(visit, found, chosen);
    if (!stored) return file_error(stored.error());
    file = entry.in(chosen) = std::move(*stored);
  }
  if (file->settled) {
    visit.cache.put(visit.site, relative, std::move(entry));
  } else {
    visit.cache.remove(visit.site, relative);
  }
  return respond(*file);
}

std::string_view StaticFiles::how_found(const Visit& visit, std::string_view relative, std::string_view name,
                                        Coding coding) {
  if (visit.falls_back) return "the fallback, for there is no such file";
  if (coding != Coding::identity) return "the compressed file beside the one that was asked for";
  return name == relative ? "the file" : "the index of the folder";
}

void StaticFiles::trace(const Visit& visit, std::string_view name, std::string_view how) const {
  Trace* note = visit.request.notes().find<Trace>();
  if (note == nullptr) return;
  std::string file = options_.root;
  if (!name.empty()) file.append("/").append(name);
  *note = {.file = std::move(file), .how = how};
}

bool StaticFiles::changes_now(const Found& found, const StoreOptions& options) {
  return std::any_of(found.files.begin(), found.files.end(), [&](const std::optional<OpenedFile>& file) {
    return file && !is_settled(FileStamp(file->status), options);
  });
}

Result<std::shared_ptr<const StoredFile>> StaticFiles::store(const Visit& visit, Found& found, Coding coding) const {
  // Only the root itself has no name below the root.
  StoredFileFields fields{.type = mime_type(found.name.empty() ? options_.root : found.name),
                          .coding = coding,
                          .cache_control = options_.cache_control,
                          .varies = !options_.precompressed.empty(),
                          .rules = options_.fields,
                          .now = visit.request.loop().unix_seconds()};
  return store_file(std::move(*found.in(coding)), fields, visit.cache.limits().files);
}

Result<StaticFiles::Found> StaticFiles::find(const Visit& visit, std::string_view relative) const {
  if (names_folder(relative)) return find_in_folder(visit, relative);
  Result<OpenedFile> file = visit.directory.open(relative, visit.now);
  if (!file) return std::unexpected(file.error());
  if (file->is_directory()) {
    // Of a directory where nothing is to be seen not even the redirect tells.
    Result<Found> inside = find_in_folder(visit, std::string(relative) + "/");
    if (!inside) return inside;
  }
  return Found(relative, std::move(*file));
}

Result<StaticFiles::Found> StaticFiles::find_in_folder(const Visit& visit, std::string_view folder) const {
  if (folder.empty() && !options_.route.ends_with('/')) {
    Result<OpenedFile> root = visit.directory.open("", visit.now);
    if (root && !root->is_directory()) return Found("", std::move(*root));
  }
  for (const std::string& index : options_.index) {
    std::string name = std::string(folder) + index;
    Result<OpenedFile> file = visit.directory.open(name, visit.now);
    if (file && !file->is_directory()) return Found(name, std::move(*file));
    if (!file && !is_missing(file.error())) return std::unexpected(file.error());
  }
  // A route for one path could not serve what it lists.
  if (!options_.listing || !options_.route.ends_with('/')) {
    Result<struct stat> status = visit.directory.status(folder, visit.now);
    const bool is_there = status && S_ISDIR(status->st_mode);
    return std::unexpected(is_there ? Error::is_a_directory : Error::no_such_file_or_directory);
  }
  Result<OpenedFile> listed = visit.directory.open(folder, visit.now);
  if (!listed) return std::unexpected(listed.error());
  if (!listed->is_directory()) return std::unexpected(Error::not_a_directory);
  return Found(folder, std::move(*listed));
}

void StaticFiles::open_codings(const Visit& visit, Found& found) const {
  if (found.name.empty()) return;
  int64_t modified = FileStamp(found.in(Coding::identity)->status).modified;
  for (Coding coding : options_.precompressed) {
    Result<OpenedFile> sidecar = visit.directory.open(found.name + std::string(extension_of(coding)), visit.now);
    if (!sidecar || sidecar->is_directory() || FileStamp(sidecar->status).modified < modified) continue;
    found.codings.push_back(coding);
    found.in(coding) = std::move(*sidecar);
  }
}

bool StaticFiles::is_hidden(std::string_view relative) const {
  if (options_.hidden_files) return false;
  for (size_t begin = 0; begin < relative.size();) {
    size_t end = std::min(relative.find('/', begin), relative.size());
    std::string_view name = relative.substr(begin, end - begin);
    if (is_hidden_name(name)) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace

Handler static_files(StaticFilesOptions options, FilesHost host) {
  auto files = std::make_shared<const StaticFiles>(std::move(options), std::move(host));
  return Handler([files](Request& request) { return (*files)(request); });
}

}  // namespace webserv
