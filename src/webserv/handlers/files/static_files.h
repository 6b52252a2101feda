// Files beneath a folder, as a site: index files, listings, ready-made compressed variants, a fallback for applications
// that route by themselves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "webserv/handlers/field_rules.h"
#include "webserv/handlers/files/script_files.h"
#include "webserv/http/accept.h"
#include "webserv/server/handler.h"

namespace webserv {

namespace detail {
class FileCaches;
class Listings;
}  // namespace detail

struct StaticFilesOptions {
  std::string route = "/";            // removed from the beginning of a request's path
  std::string root;                   // the folder; for a route that does not end in "/" it may also be a file
  std::vector<std::string> symlinks;  // absolute paths of folders outside of the root that links may lead into
  std::vector<std::string> index = {"index.html"};  // the first of these that exists stands for its directory
  bool listing = false;                             // directories without an index are listed, else 404
  bool hidden_files = false;          // names that begin with a dot are served; else they are 404, but for .well-known
  std::string fallback;               // a file below the root that is served where none is found; empty: 404
  std::string cache_control;          // of every file; empty: none
  std::vector<Coding> precompressed;  // the codings whose sidecars (name.br, name.zst, name.gz) are looked for, in the
                                      // order of preference among those the client likes the same; empty: none
  std::shared_ptr<const ScriptFiles> scripts;  // these are run and never shown; null: there are none
  FieldRules fields;  // what Finish would do to its answers: prepared answers have them already

  bool operator==(const StaticFilesOptions&) const = default;
};

// What the files of all sites of a server share.
struct FilesHost {
  std::shared_ptr<detail::FileCaches> caches;
  std::shared_ptr<const detail::Listings> listings;
};

// Answers GET and HEAD, and what scripts answer. Each worker has its own part of the caches.
//   404 also for what is refused (hidden, a link that leads out, neither file nor directory); 403 for what may not be
//   read; 308 to a directory without its slash, the query kept; 503 where descriptors are exhausted. A listing is a
//   task, all else is answered at once.
Handler static_files(StaticFilesOptions options, FilesHost host);

}  // namespace webserv
