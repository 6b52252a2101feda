#include "webserv/handlers/files/static_files.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "static_files_fixture.h"

namespace webserv::detail {
namespace {

using test::body_bytes;
using test::StaticFilesTest;

TEST_F(StaticFilesTest, serves_files_with_their_types) {
  EXPECT_EQ(body("/a.txt"), "text");
  EXPECT_EQ(field("/a.txt", "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(body("/large.bin"), large_);
  EXPECT_EQ(field("/large.bin", "Accept-Ranges"), "bytes");
}

TEST_F(StaticFilesTest, answers_get_and_head_alone) {
  EXPECT_EQ(get("/a.txt", {}, "HEAD ").status, Status::ok);
  Response refused = get("/a.txt", "Content-Length: 0\r\n", "POST ");
  EXPECT_EQ(refused.status, Status::method_not_allowed);
  EXPECT_EQ(refused.fields.value("Allow"), "GET, HEAD");
}

TEST_F(StaticFilesTest, a_cached_small_file_is_one_shared_answer) {
  Response first = get("/a.txt");
  Response second = get("/a.txt");
  ASSERT_TRUE(is_prepared(first));
  EXPECT_EQ(std::get<std::shared_ptr<const Prepared>>(first.body),
            std::get<std::shared_ptr<const Prepared>>(second.body));
}

TEST_F(StaticFilesTest, an_index_stands_for_its_directory) {
  options_.index = {"none.html", "index.html"};
  EXPECT_EQ(body("/"), "<p>home");
  EXPECT_EQ(body("/sub/"), "<p>sub");
  EXPECT_EQ(field("/", "Content-Type"), "text/html; charset=utf-8");
}

TEST_F(StaticFilesTest, the_first_index_wins_also_when_it_comes_later) {
  options_.index = {"first.html", "index.html"};
  EXPECT_EQ(body("/"), "<p>home");
  folder_.write("site/first.html", "<p>first");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/"), "<p>first");
}

TEST_F(StaticFilesTest, a_folder_named_as_an_index_is_none) {
  folder_.make_folder("site/bare/index.html");
  EXPECT_EQ(body("/bare/"), "404");
}

TEST_F(StaticFilesTest, a_directory_without_its_slash_is_redirected_with_its_query) {
  folder_.write("site/a b/index.html", "");
  folder_.write("site/\xff\"<\n/index.html", "");
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"/sub", "/sub/"},
      {"/sub?", "/sub/?"},
      {"/sub?x=1&y=%20", "/sub/?x=1&y=%20"},
      {"/a%20b", "/a%20b/"},
      {"/%FF%22%3C%0A", "/%FF%22%3C%0A/"},
      {"//sub", "/sub/"},
      {"/bare/../sub", "/sub/"},
  };
  for (const auto& [target, location] : cases) {
    Response response = get(target);
    EXPECT_EQ(response.status, Status::permanent_redirect) << target;
    EXPECT_EQ(response.fields.value("Location"), location);
  }
}

TEST_F(StaticFilesTest, of_a_directory_without_index_and_listing_nothing_is_told) {
  EXPECT_EQ(body("/bare/"), "404");
  EXPECT_EQ(body("/bare"), "404");
  EXPECT_EQ(body("/none"), "404");
}

TEST_F(StaticFilesTest, what_is_no_directory_has_nothing_below) {
  EXPECT_EQ(body("/a.txt/"), "404");
  EXPECT_EQ(body("/a.txt/x"), "404");
  EXPECT_EQ(body("/" + std::string(300, 'x')), "404");
}

TEST_F(StaticFilesTest, the_path_of_the_route_is_removed) {
  options_.route = "/list/";
  EXPECT_EQ(body("/list/a.txt"), "text");
  EXPECT_EQ(body("/list/"), "<p>home");
  EXPECT_EQ(get("/list/sub").fields.value("Location"), "/list/sub/");
  EXPECT_EQ(body("/a.txt"), "404");
}

TEST_F(StaticFilesTest, a_route_for_one_path_serves_a_file) {
  options_.route = "/robots";
  options_.root = folder_ / "site/a.txt";
  options_.precompressed = {Coding::gzip};
  EXPECT_EQ(body("/robots"), "text");
  EXPECT_EQ(field("/robots", "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(body("/robots/"), "404");
  EXPECT_EQ(body("/robots/x"), "404");
  EXPECT_EQ(body("/robotsx"), "404");
}

TEST_F(StaticFilesTest, a_route_for_one_path_serves_the_index_of_a_folder) {
  options_.route = "/home";
  options_.listing = true;
  EXPECT_EQ(body("/home"), "<p>home");
  EXPECT_EQ(body("/home/a.txt"), "404");
  folder_.remove("site/index.html");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/home"), "404");
}

TEST_F(StaticFilesTest, hidden_files_are_not_there) {
  for (std::string_view name : {"site/.env", "site/.git/config", "site/sub/.x/y", "site/...", "site/.well-known/ok",
                                "site/.well-known/.no", "site/.well-known.not"}) {
    folder_.write(name, "hidden");
  }
  options_.listing = true;
  for (std::string_view target : {"/.env", "/.git/config", "/.git/", "/.git", "/sub/.x/y", "/...", "/%2egit/config",
                                  "/.well-known/.no", "/.well-known.not"}) {
    EXPECT_EQ(body(target), "404") << target;
  }
  EXPECT_EQ(body("/.well-known/ok"), "hidden");
}

TEST_F(StaticFilesTest, hidden_files_may_be_served) {
  folder_.write("site/.env", "shown");
  options_.hidden_files = true;
  EXPECT_EQ(body("/.env"), "shown");
}

TEST_F(StaticFilesTest, links_lead_nowhere_outside_but_into_the_listed_folders) {
  folder_.write("shared/c.txt", "shared");
  folder_.link("site/inside", "a.txt");
  folder_.link("site/absolute", folder_ / "site/a.txt");
  folder_.link("site/secret", "../secret.txt");
  folder_.link("site/shared", folder_ / "shared");
  folder_.link("site/etc", "/etc");
  folder_.link("site/loop", "loop");
  options_.symlinks = {folder_ / "shared"};
  EXPECT_EQ(body("/inside"), "text");
  EXPECT_EQ(body("/absolute"), "text");
  EXPECT_EQ(body("/shared/c.txt"), "shared");
  for (std::string_view target : {"/secret", "/etc/passwd", "/etc/", "/etc", "/loop"}) EXPECT_EQ(body(target), "404");
}

TEST_F(StaticFilesTest, a_link_that_turns_outwards_is_seen_though_its_file_was_cached) {
  folder_.link("site/link", "a.txt");
  EXPECT_EQ(body("/link"), "text");
  folder_.link("site/next", "../secret.txt");
  folder_.rename("site/next", "site/link");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/link"), "404");
}

// The same inode, size and times, but no longer beneath the root.
TEST_F(StaticFilesTest, a_folder_that_is_moved_out_and_linked_to_is_not_served) {
  EXPECT_EQ(body("/sub/index.html"), "<p>sub");
  folder_.rename("site/sub", "moved");
  folder_.link("site/sub", folder_ / "moved");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/sub/index.html"), "404");
}

TEST_F(StaticFilesTest, neither_fifos_nor_devices_are_files) {
  folder_.make_fifo("site/fifo");
  folder_.make_fifo("site/bare/index.html");
  EXPECT_EQ(body("/fifo"), "404");
  EXPECT_EQ(body("/bare/"), "404");
}

TEST_F(StaticFilesTest, the_log_tells_a_folder_from_what_is_not_there) {
  const std::string_view no_index = "a folder without an index, and listing is off";
  for (std::string_view path : {"/bare/", "/bare"}) EXPECT_EQ(get(path).reason, no_index) << path;
  for (std::string_view path : {"/none/", "/none", "/a.txt/"}) EXPECT_EQ(get(path).reason, "no such file") << path;
}

TEST_F(StaticFilesTest, what_may_not_be_read_is_forbidden) {
  folder_.write("site/locked.txt", "x");
  ASSERT_EQ(::chmod((folder_ / "site/locked.txt").c_str(), 0), 0);
  folder_.make_folder("site/closed");
  folder_.write("site/closed/index.html", "x");
  ASSERT_EQ(::chmod((folder_ / "site/closed").c_str(), 0), 0);
  test::Unprivileged unprivileged;
  EXPECT_EQ(body("/locked.txt"), "403");
  EXPECT_EQ(body("/closed/"), "403");
  EXPECT_EQ(body("/closed/x"), "403");
}

TEST_F(StaticFilesTest, without_descriptors_it_is_unavailable_but_for_what_is_cached) {
  EXPECT_EQ(body("/a.txt"), "text");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  std::string cached = body("/a.txt");
  std::string large = body("/large.bin");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(cached, "text");
  EXPECT_EQ(large, "503");
  EXPECT_EQ(body("/large.bin"), large_);
}

TEST_F(StaticFilesTest, errors_ask_for_their_pages) {
  EXPECT_EQ(get("/none").page, ErrorPage::built_in);
  EXPECT_EQ(get("/.env").page, ErrorPage::built_in);
}

TEST_F(StaticFilesTest, the_fallback_answers_where_nothing_is) {
  options_.fallback = "/index.html";
  EXPECT_EQ(body("/users/7"), "<p>home");
  EXPECT_EQ(body("/users/"), "<p>home");
  EXPECT_EQ(body("/bare/"), "<p>home");
  EXPECT_EQ(body("/a.txt"), "text");
  EXPECT_EQ(field("/users/7", "Content-Type"), "text/html; charset=utf-8");
}

TEST_F(StaticFilesTest, the_fallback_stands_for_nothing_that_is_refused) {
  folder_.write("site/.env", "hidden");
  folder_.link("site/secret", "../secret.txt");
  options_.fallback = "/index.html";
  EXPECT_EQ(body("/.env"), "404");
  EXPECT_EQ(body("/.none"), "404");
  EXPECT_EQ(body("/secret"), "404");
}

TEST_F(StaticFilesTest, a_fallback_may_be_hidden_or_missing) {
  folder_.write("site/.app.html", "<p>app");
  options_.fallback = "/.app.html";
  EXPECT_EQ(body("/x"), "<p>app");
  EXPECT_EQ(body("/.app.html"), "404") << "also when it is cached";
  folder_.remove("site/.app.html");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/x"), "404");
}

TEST_F(StaticFilesTest, a_fallback_that_is_a_folder_stands_for_nothing) {
  options_.listing = true;
  for (std::string_view fallback : {"/bare", "/bare/"}) {
    options_.fallback = fallback;
    handler_ = {};
    EXPECT_EQ(body("/x"), "404") << fallback;
    EXPECT_EQ(body("/x/"), "404") << fallback;
  }
}

TEST_F(StaticFilesTest, says_what_the_configuration_adds) {
  options_.cache_control = "public, max-age=3600";
  options_.fields = {{"X-Frame-Options", "DENY"}};
  for (std::string_view target : {"/a.txt", "/large.bin"}) {
    EXPECT_EQ(field(target, "Cache-Control"), "public, max-age=3600");
    EXPECT_EQ(field(target, "X-Frame-Options"), "DENY");
  }
  EXPECT_EQ(field("/a.txt", "Vary"), "");
}

TEST_F(StaticFilesTest, preconditions_and_ranges_hold_for_cached_and_open_files) {
  for (std::string_view target : {"/a.txt", "/large.bin"}) {
    std::string tag = field(target, "ETag");
    ASSERT_NE(tag, "");
    Response unchanged = get(target, "If-None-Match: " + tag + "\r\n");
    EXPECT_EQ(unchanged.status, Status::not_modified);
    EXPECT_EQ(unchanged.fields.value("ETag"), tag);
    EXPECT_EQ(get(target, "If-Match: \"other\"\r\n").status, Status::precondition_failed);
    Response part = get(target, "Range: bytes=1-2\r\nIf-Range: " + tag + "\r\n");
    EXPECT_EQ(part.status, Status::partial_content);
    EXPECT_EQ(body_bytes(part).size(), 2u);
    EXPECT_EQ(get(target, "Range: bytes=9999-\r\n").status, Status::range_not_satisfiable);
    std::string modified = field(target, "Last-Modified");
    EXPECT_EQ(get(target, "If-Modified-Since: " + modified + "\r\n").status, Status::not_modified);
  }
  EXPECT_EQ(body_bytes(get("/a.txt", "Range: bytes=1-2\r\n")), "ex");
}

TEST_F(StaticFilesTest, a_change_is_seen_within_a_second) {
  EXPECT_EQ(body("/a.txt"), "text");
  std::string before = field("/a.txt", "ETag");
  folder_.write("site/a.txt", "changed in place");
  EXPECT_EQ(body("/a.txt"), "text");
  requests_.pass(std::chrono::seconds(1));
  EXPECT_EQ(body("/a.txt"), "changed in place");
  EXPECT_NE(field("/a.txt", "ETag"), before);
  folder_.replace("site/a.txt", "replaced");
  requests_.pass(std::chrono::seconds(1));
  EXPECT_EQ(body("/a.txt"), "replaced");
  folder_.remove("site/a.txt");
  requests_.pass(std::chrono::seconds(1));
  EXPECT_EQ(body("/a.txt"), "404");
  EXPECT_EQ(cache().find(0, "a.txt"), nullptr);
  folder_.write("site/a.txt", "back");
  EXPECT_EQ(body("/a.txt"), "back") << "that something is missing is not kept";
}

TEST_F(StaticFilesTest, an_open_file_that_is_cut_short_is_not_promised_whole) {
  EXPECT_EQ(body("/large.bin"), large_);
  folder_.write("site/large.bin", std::string(2000, 'S'));
  requests_.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(body("/large.bin"), std::string(2000, 'S')) << "at once, without waiting for the next look at its path";
  Response sending = get("/large.bin");
  folder_.replace("site/large.bin", large_);
  EXPECT_EQ(body_bytes(sending), std::string(2000, 'S')) << "who was replaced goes out whole";
  requests_.pass(std::chrono::milliseconds(1));
  EXPECT_EQ(body("/large.bin"), large_);
}

TEST_F(StaticFilesTest, a_file_may_grow_large_and_shrink_again) {
  EXPECT_EQ(body("/a.txt"), "text");
  folder_.replace("site/a.txt", large_);
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt"), large_);
  EXPECT_EQ(cache().descriptors(), 1u);
  folder_.replace("site/a.txt", "small");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt"), "small");
  EXPECT_EQ(cache().descriptors(), 0u);
}

TEST_F(StaticFilesTest, a_switched_root_is_seen_within_a_second) {
  folder_.write("other/a.txt", "other");
  folder_.link("current", "site");
  options_.root = folder_ / "current";
  EXPECT_EQ(body("/a.txt"), "text");
  for (int i = 0; i < 8; ++i) {  // whenever the looks at root and file fall
    requests_.pass(std::chrono::milliseconds(130 + i));
    bool other = i % 2 == 0;
    folder_.link("next", other ? "other" : "site");
    folder_.rename("next", "current");
    std::string seen;
    for (int step = 0; step < 10; ++step) {
      requests_.pass(std::chrono::milliseconds(100));
      seen = body("/a.txt");
    }
    EXPECT_EQ(seen, other ? "other" : "text") << i;
  }
}

TEST_F(StaticFilesTest, a_missing_root_is_404_until_it_is_there) {
  options_.root = folder_ / "later";
  EXPECT_EQ(body("/"), "404");
  folder_.write("later/index.html", "now");
  EXPECT_EQ(body("/"), "now");
}

TEST_F(StaticFilesTest, what_has_just_changed_is_read_anew_each_time) {
  limits_.files.settled_after = 1'000'000'000'000;
  EXPECT_EQ(body("/a.txt"), "text");
  folder_.write("site/a.txt", "TEXT");
  EXPECT_EQ(body("/a.txt"), "TEXT");
  EXPECT_EQ(cache().memory(), 0u);
}

TEST_F(StaticFilesTest, while_a_file_is_being_changed_the_old_one_is_served_for_less_than_a_second) {
  limits_.files.settled_after = 1'000'000'000'000;  // all that this test writes is in the middle of a change
  EXPECT_EQ(body("/a.txt"), "text");
  auto stored = std::make_shared<StoredFile>();
  stored->prepared = std::make_shared<const Prepared>(Status::ok, ResponseFields(), "old");
  Clock::time_point now = requests_.loop().now();
  FileCache::Entry entry{.stale = now + FileCache::look_again, .right = now, .codings = {}};
  entry.in(Coding::identity) = stored;
  cache().put(0, "a.txt", entry);

  folder_.write("site/a.txt", "half writ");
  requests_.pass(FileCache::look_again);
  EXPECT_EQ(body("/a.txt"), "old");
  folder_.write("site/a.txt", "half written, and then the rest");
  requests_.pass(FileCache::pause);
  EXPECT_EQ(body("/a.txt"), "old");
  requests_.pass(FileCache::grace - FileCache::look_again - FileCache::pause);
  EXPECT_EQ(body("/a.txt"), "half written, and then the rest");
}

}  // namespace
}  // namespace webserv::detail
