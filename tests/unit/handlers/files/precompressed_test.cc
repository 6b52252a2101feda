#include "webserv/handlers/files/static_files.h"

#include <gmock/gmock.h>

#include "static_files_fixture.h"
#include "webserv/handlers/finish.h"

namespace webserv::detail {
namespace {

using test::body_bytes;
using test::StaticFilesTest;

class PrecompressedTest : public StaticFilesTest {
 protected:
  PrecompressedTest() {
    options_.precompressed = {Coding::zstd, Coding::br, Coding::gzip};
    folder_.write("site/app.js", "plain script");
    for (std::string_view extension : {"gz", "br", "zst"}) {
      folder_.write("site/app.js." + std::string(extension), "as " + std::string(extension));
    }
  }
};

TEST_F(PrecompressedTest, sends_what_the_client_likes_best) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "plain script"},
      {"Accept-Encoding: gzip\r\n", "as gz"},
      {"Accept-Encoding: gzip, br\r\n", "as br"},
      {"Accept-Encoding: gzip, br, zstd\r\n", "as zst"},
      {"Accept-Encoding: gzip;q=1, br;q=0.9, zstd;q=0.8\r\n", "as gz"},
      {"Accept-Encoding: gzip;q=0, *\r\n", "as zst"},
      {"Accept-Encoding: gzip;q=0.5, identity\r\n", "plain script"},
      {"Accept-Encoding: deflate\r\n", "plain script"},
      {"Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n", "as br"},
  };
  for (const auto& [fields, expected] : cases) {
    EXPECT_EQ(body("/app.js", fields), expected) << fields;
    EXPECT_EQ(body("/app.js", fields), expected) << "from the cache, " << fields;
  }
}

TEST_F(PrecompressedTest, says_what_it_is) {
  Response coded = get("/app.js", "Accept-Encoding: br\r\n");
  EXPECT_TRUE(is_prepared(coded));
  EXPECT_EQ(field(coded, "Content-Encoding"), "br");
  EXPECT_EQ(field(coded, "Content-Type"), field("/app.js", "Content-Type"));
  EXPECT_EQ(field(coded, "Vary"), "Accept-Encoding");
  EXPECT_EQ(field("/app.js", "Vary"), "Accept-Encoding") << "on the identity, too";
  EXPECT_EQ(field("/a.txt", "Vary"), "Accept-Encoding") << "a sidecar may come";
  EXPECT_NE(field(coded, "ETag"), field("/app.js", "ETag"));
}

TEST_F(PrecompressedTest, ranges_and_preconditions_are_of_the_coding) {
  constexpr std::string_view br = "Accept-Encoding: br\r\n";
  std::string tag = field("/app.js", "ETag", br);
  EXPECT_EQ(get("/app.js", std::string(br) + "If-None-Match: " + tag + "\r\n").status, Status::not_modified);
  EXPECT_EQ(get("/app.js", "If-None-Match: " + tag + "\r\n").status, Status::ok);
  Response part = get("/app.js", std::string(br) + "Range: bytes=3-\r\n");
  EXPECT_EQ(body_bytes(part), "br");
  EXPECT_EQ(part.fields.value("Content-Encoding"), "br");
}

TEST_F(PrecompressedTest, a_sidecar_older_than_its_file_is_ignored) {
  folder_.set_modified("site/app.js", 1'700'000'000, 5);
  folder_.set_modified("site/app.js.gz", 1'700'000'000, 4);
  folder_.set_modified("site/app.js.br", 1'700'000'000, 5);
  EXPECT_EQ(body("/app.js", "Accept-Encoding: gzip\r\n"), "plain script");
  EXPECT_EQ(body("/app.js", "Accept-Encoding: br\r\n"), "as br") << "of the same time, as in a Nix store";
  folder_.set_modified("site/app.js", 1'700'000'001);
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/app.js", "Accept-Encoding: br\r\n"), "plain script");
}

TEST_F(PrecompressedTest, sidecars_come_change_and_go) {
  constexpr std::string_view gzip = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(body("/a.txt", gzip), "text");
  folder_.write("site/a.txt.gz", "packed text");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt", gzip), "packed text");
  folder_.replace("site/a.txt.gz", "other packed text");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt", gzip), "other packed text");
  EXPECT_EQ(body("/a.txt"), "text");
  folder_.remove("site/a.txt.gz");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt", gzip), "text");
}

TEST_F(PrecompressedTest, a_sidecar_alone_is_no_file_but_itself) {
  folder_.write("site/only.js.gz", "packed");
  EXPECT_EQ(body("/only.js", "Accept-Encoding: gzip\r\n"), "404");
  Response itself = get("/app.js.gz", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(body_bytes(itself), "as gz");
  EXPECT_EQ(field(itself, "Content-Encoding"), "");
}

TEST_F(PrecompressedTest, no_sidecar_is_a_way_out) {
  folder_.link("site/a.txt.gz", "../secret.txt");
  folder_.make_folder("site/a.txt.br");
  folder_.make_fifo("site/a.txt.zst");
  EXPECT_EQ(body("/a.txt", "Accept-Encoding: gzip, br, zstd\r\n"), "text");
}

TEST_F(PrecompressedTest, holds_for_index_fallback_and_large_files) {
  folder_.write("site/index.html.gz", "home");
  folder_.write("site/large.bin.gz", large_ + large_);
  options_.fallback = "/index.html";
  constexpr std::string_view gzip = "Accept-Encoding: gzip\r\n";
  EXPECT_EQ(body("/", gzip), "home");
  EXPECT_EQ(body("/any/where", gzip), "home");
  EXPECT_EQ(body("/large.bin", gzip), large_ + large_);
  EXPECT_EQ(field("/large.bin", "Content-Encoding", gzip), "gzip");
}

TEST_F(PrecompressedTest, a_rule_for_vary_does_not_hide_that_they_vary) {
  options_.fields = {{"vary", "Origin, accept-encoding"}};
  EXPECT_EQ(field("/app.js", "vary"), "Accept-Encoding, Origin");
  // What is not modified is finished once more.
  Response same = get("/app.js", "If-None-Match: *\r\n");
  EXPECT_EQ(same.status, Status::not_modified);
  EXPECT_TRUE(Finish(options_.fields, {}).finish(same));
  EXPECT_EQ(same.fields.value("Vary"), "Accept-Encoding, Origin");
}

TEST_F(PrecompressedTest, a_rule_that_removes_vary_does_so) {
  options_.fields = {{"Vary", ""}};
  EXPECT_EQ(field("/app.js", "Vary"), "");
}

TEST_F(PrecompressedTest, nothing_is_looked_for_where_it_is_off) {
  options_.precompressed = {};
  EXPECT_EQ(body("/app.js", "Accept-Encoding: gzip\r\n"), "plain script");
  EXPECT_EQ(field("/app.js", "Vary"), "");
}

}  // namespace
}  // namespace webserv::detail
