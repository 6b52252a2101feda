// root = "www": the files of a folder, or one file, and the scripts among them.
#pragma once

#include <optional>
#include <utility>

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"
#include "webserv/handlers/cgi/cgi.h"
#include "webserv/handlers/files/static_files.h"

namespace webserv::app {

// A file of a folder: a name without "/". Each reason is read behind the text.
std::optional<Fault> fault_of_file_name(std::string_view name);

// A file below a root: "/a/b".
std::optional<Fault> fault_of_fallback(std::string_view path);

// A value of Cache-Control, so far as it is not a mere time.
std::optional<Fault> fault_of_cache_control(std::string_view value);

class FilesRoute final : public RouteHandler {
 public:
  explicit FilesRoute(const SectionReader& route);
  // Without scripts.
  explicit FilesRoute(StaticFilesOptions options) : options_(std::move(options)) {}

  // All paths are absolute. What a site adds to the options, `scripts` and `fields`, is not there yet.
  const StaticFilesOptions& options() const { return options_; }
  // Of those files that run as programs; nothing where none do.
  const std::optional<CgiOptions>& scripts() const { return scripts_; }

  // Files themselves refuse all but reading.
  MethodSet methods() const override { return scripts_ ? all_methods : reading_methods; }
  Handler build(const HandlerParts& parts) const override;
  HandlerFacts explain(const Places& places) const override;
  void check_live(const Places& places, Findings& findings) const override;
  std::vector<Missing> missing() const override;
  std::string_view root() const override { return options_.root; }
  const CgiOptions* programs() const override { return scripts_ ? &*scripts_ : nullptr; }

 private:
  void read_fallback(const SectionReader& route);
  void read_listing(const SectionReader& route);
  void read_scripts(const SectionReader& route);

  StaticFilesOptions options_;
  std::optional<CgiOptions> scripts_;
};

}  // namespace webserv::app
