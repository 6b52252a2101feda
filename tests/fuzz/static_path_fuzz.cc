// Whatever path is asked for, nothing outside the served folder is opened, listed or told, and nothing hidden is
// served. The first byte chooses the options; the rest is a request target, and a path for Directory as it is.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/body_bytes.h"
#include "support/request_builder.h"
#include "support/temporary_folder.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/files/listing.h"
#include "webserv/handlers/files/static_files.h"
#include "webserv/http/fields.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/file.h"
#include "webserv/server/representation.h"

namespace webserv::detail {
namespace {

constexpr std::string_view secret = "SECRET";
constexpr unsigned option_count = 5;

void require(bool holds) {
  if (!holds) std::abort();
}

// site/ is served; links from it may lead into shared/. Whatever says SECRET must never be seen; hidden files say
// HIDDEN.
class Place {
 public:
  Place() {
    folder_.write("secret.txt", secret);
    folder_.write("siteX/secret.txt", secret);
    folder_.write("SECRET-names/SECRET", secret);
    folder_.write("shared/c.txt", "shared");
    folder_.link("shared/out", "../secret.txt");
    folder_.write("site/index.html", "home");
    folder_.write("site/a.txt", "a");
    folder_.write("site/a.txt.gz", "a.gz");
    folder_.write("site/a/b/c.txt", "c");
    folder_.write("site/%2e%2e/x", "x");
    folder_.write("site/\xc0\xae\xc0\xae/x", "x");
    folder_.write("site/back\\slash", "x");
    folder_.write("site/.env", "HIDDEN");
    folder_.write("site/.git/config", "HIDDEN");
    folder_.write("site/a/.b/c", "HIDDEN");
    folder_.write("site/.well-known/x", "known");
    folder_.link("site/up", "..");
    folder_.link("site/a/up", "../..");
    folder_.link("site/out", "../secret.txt");
    folder_.link("site/absolute", folder_ / "secret.txt");
    folder_.link("site/names", "../SECRET-names");
    folder_.link("site/neighbour", "../siteX");
    folder_.link("site/top", "/");
    folder_.link("site/in", "a");
    folder_.link("site/round", "../site/a");
    folder_.link("site/shared", "../shared");
    folder_.link("site/loop", "loop");
    folder_.link("site/out.gz", "a.txt.gz");
    folder_.link("site/index.html.gz", "../secret.txt");
    folder_.make_fifo("site/fifo");
    for (unsigned options = 0; options < 1u << option_count; ++options) handlers_.push_back(handler(options));
    directory_ = std::make_unique<Directory>(folder_ / "site", links());
  }

  void ask(unsigned options, const std::string& target) {
    Request* request = nullptr;
    try {
      constexpr std::string_view fields = "Accept-Encoding: gzip\r\n";
      constexpr std::string_view for_programs = "Accept-Encoding: gzip\r\nAccept: application/json\r\n";
      request = &requests_.request("GET " + target, target.size() % 2 == 0 ? fields : for_programs);
    } catch (const std::invalid_argument&) {
      return;
    }
    Response response = requests_.answer(handlers_[options], *request);
    std::string body = test::body_bytes(response);
    require(body.find(secret) == std::string::npos);
    require(hidden_files(options) || body.find("HIDDEN") == std::string::npos);
    std::string_view location = response.fields.value("Location");
    location = location.substr(0, location.find('?'));  // the query is the client's own
    switch (response.status) {
      case Status::ok: require(location.empty()); break;
      case Status::not_found: require(location.empty()); break;
      case Status::permanent_redirect:
        require(location.starts_with('/') && !location.starts_with("//") && location.find('\\') == std::string::npos);
        break;
      default: std::abort();
    }
  }

  void open(std::string_view relative) {
    Result<OpenedFile> file = directory_->open(relative, {});
    if (!file) return;
    std::string path = real_path(file->fd);
    std::string site = folder_ / "site";
    std::string shared = folder_ / "shared";
    require(path == site || path.starts_with(site + "/") || path == shared || path.starts_with(shared + "/"));
    require(S_ISREG(file->status.st_mode) || S_ISDIR(file->status.st_mode));
  }

 private:
  static bool hidden_files(unsigned options) { return (options & 1) != 0; }
  std::vector<std::string> links() const { return {folder_ / "shared"}; }

  Handler handler(unsigned options) const {
    StaticFilesOptions chosen;
    chosen.root = folder_ / "site";
    chosen.hidden_files = hidden_files(options);
    chosen.listing = (options & 2) != 0;
    if ((options & 4) != 0) chosen.fallback = "/index.html";
    if ((options & 8) != 0) chosen.precompressed = {Coding::gzip};
    if ((options & 16) != 0) chosen.symlinks = links();
    return static_files(std::move(chosen), {std::make_shared<FileCaches>(1), listings_});
  }

  const std::shared_ptr<const Listings> listings_ =
      std::make_shared<const Listings>(1, std::make_shared<BlockingPool>(0));
  test::TemporaryFolder folder_;
  RequestBuilder requests_;
  std::vector<Handler> handlers_;
  std::unique_ptr<Directory> directory_;
};

}  // namespace
}  // namespace webserv::detail

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static webserv::detail::Place place;
  if (size == 0) return 0;
  unsigned options = data[0] % (1u << webserv::detail::option_count);
  std::string target(reinterpret_cast<const char*>(data) + 1, size - 1);
  place.ask(options, target);
  place.open(target);
  return 0;
}
