// A folder that is served, and requests for what is in it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "support/body_bytes.h"
#include "support/request_builder.h"
#include "support/temporary_folder.h"
#include "webserv/handlers/files/file_cache.h"
#include "webserv/handlers/files/listing.h"
#include "webserv/handlers/files/static_files.h"
#include "webserv/io/blocking_pool.h"
#include "webserv/io/file.h"
#include "webserv/server/representation.h"

namespace webserv::detail::test {

// site/ is served; secret.txt lies beside it.
class StaticFilesTest : public ::testing::Test {
 protected:
  StaticFilesTest() {
    options_.root = folder_ / "site";
    limits_.files.settled_after = 0;
    limits_.files.memory_file_size = 1000;
    folder_.write("site/index.html", "<p>home");
    folder_.write("site/a.txt", "text");
    folder_.write("site/sub/index.html", "<p>sub");
    folder_.write("site/bare/b.txt", "b");
    folder_.write("site/large.bin", large_);
    folder_.write("secret.txt", "secret");
  }

  // As the connection would: preconditions and ranges are applied.
  Response get(std::string_view target, std::string_view fields = {}, std::string_view method = "GET ") {
    if (!handler_) {
      caches_ = std::make_shared<FileCaches>(1, limits_);
      handler_ = static_files(options_, {caches_, listings_});
    }
    Request& request = requests_.request(std::string(method) + std::string(target), fields);
    Response response = requests_.answer(handler_, request);
    requests_.finish(response);
    return response;
  }
  // The body of a 200, else the status.
  std::string body(std::string_view target, std::string_view fields = {}) {
    Response response = get(target, fields);
    if (response.status != Status::ok) return std::to_string(code(response.status));
    if (const auto* producer = std::get_if<Producer>(&response.body)) return requests_.produce(*producer);
    return body_bytes(response);
  }
  // A field, also of a prepared answer.
  static std::string field(const Response& response, std::string_view name) {
    const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&response.body);
    if (prepared == nullptr) return std::string(response.fields.value(name));
    const std::string& head = (*prepared)->h1_text;
    size_t at = head.find(std::string(name) + ": ");
    if (at >= (*prepared)->h1_head_size) return {};
    at += name.size() + 2;
    return head.substr(at, head.find('\r', at) - at);
  }
  std::string field(std::string_view target, std::string_view name, std::string_view fields = {}) {
    return field(get(target, fields), name);
  }
  static bool is_prepared(const Response& response) {
    return std::holds_alternative<std::shared_ptr<const Prepared>>(response.body);
  }
  FileCache& cache() { return caches_->of(0); }

  test::TemporaryFolder folder_;
  const std::string large_ = std::string(3000, 'L');
  StaticFilesOptions options_;
  FileCacheLimits limits_;
  std::shared_ptr<FileCaches> caches_;
  const std::shared_ptr<const Listings> listings_ =
      std::make_shared<const Listings>(1, std::make_shared<BlockingPool>(0));
  RequestBuilder requests_;
  Handler handler_;
};

}  // namespace webserv::detail::test
