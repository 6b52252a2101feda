#include "webserv/handlers/files/listing.h"

#include <gmock/gmock.h>

#include "static_files_fixture.h"

namespace webserv::detail {
namespace {

using test::body_bytes;
using test::StaticFilesTest;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ListingTest : public StaticFilesTest {
 protected:
  ListingTest() {
    options_.listing = true;
    options_.index = {};
  }
  static constexpr std::string_view json_ = "Accept: application/json\r\n";
};

TEST_F(ListingTest, lists_a_directory_for_people) {
  Response page = get("/");
  EXPECT_EQ(page.status, Status::ok);
  EXPECT_EQ(page.fields.value("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.fields.value("Vary"), "Accept");
  EXPECT_THAT(body_bytes(page), HasSubstr("<a href=\"sub/\">sub/</a>"));
  EXPECT_EQ(get("/sub").fields.value("Location"), "/sub/");
  EXPECT_THAT(body("/sub/"), HasSubstr("<a href=\"../\">"));
  EXPECT_EQ(get("/", {}, "HEAD ").status, Status::ok);
}

TEST_F(ListingTest, lists_a_directory_for_programs_that_prefer_it) {
  folder_.set_modified("site/bare/b.txt", 1'795'262'400);
  Response page = get("/bare/", json_);
  EXPECT_EQ(page.fields.value("Content-Type"), "application/json");
  EXPECT_EQ(page.fields.value("Vary"), "Accept");
  EXPECT_EQ(body_bytes(page),
            "[\n{\"name\": \"b.txt\", \"type\": \"file\", \"size\": 1, \"mtime\": \"2026-11-21T12:00:00Z\"}\n]\n");
  EXPECT_THAT(body("/bare/", "Accept: */*\r\n"), StartsWith("<!doctype"));
  EXPECT_THAT(body("/bare/", "Accept: text/html, application/json;q=0.9\r\n"), StartsWith("<!doctype"));
}

TEST_F(ListingTest, an_index_comes_before_a_listing) {
  options_.index = {"index.html"};
  EXPECT_EQ(body("/"), "<p>home");
  EXPECT_THAT(body("/bare/"), StartsWith("<!doctype"));
}

TEST_F(ListingTest, shows_only_what_can_be_served) {
  folder_.write("site/.env", "");
  folder_.write("site/.well-known/x", "");
  folder_.link("site/out", "../secret.txt");
  folder_.link("site/broken", "nowhere");
  folder_.link("site/in", "sub");
  folder_.link("site/absolute", folder_ / "site/a.txt");
  folder_.make_fifo("site/fifo");
  EXPECT_EQ(get("/.well-known/").status, Status::ok);
  std::string page = body("/", json_);
  for (std::string_view name : {".env", "out", "broken", "fifo"}) {
    EXPECT_THAT(page, Not(HasSubstr("\"" + std::string(name) + "\"")));
  }
  EXPECT_THAT(page, HasSubstr("{\"name\": \"in\", \"type\": \"directory\""));
  EXPECT_THAT(page, HasSubstr("{\"name\": \"absolute\", \"type\": \"file\", \"size\": 4"));
  EXPECT_THAT(page, HasSubstr("\".well-known\""));
}

TEST_F(ListingTest, shows_hidden_files_where_they_are_served) {
  folder_.write("site/.env", "");
  options_.hidden_files = true;
  EXPECT_THAT(body("/", json_), HasSubstr("\".env\""));
}

TEST_F(ListingTest, is_in_the_order_that_is_asked_for) {
  std::string page = body("/?sort=size&order=desc", json_);
  EXPECT_LT(page.find("bare"), page.find("large.bin"));
  EXPECT_LT(page.find("large.bin"), page.find("index.html"));
  EXPECT_LT(page.find("index.html"), page.find("a.txt"));
}

TEST_F(ListingTest, every_name_it_links_to_can_be_fetched) {
  for (std::string_view name : {"new\nline", "quo\"te", "a<b>&c", "50%", "%2e%2e", "\xff\xfe", "caf\xc3\xa9", "a b",
                                "a?b#c", "back\\slash", "'", ";semi", "a:b", "~tilde"}) {
    folder_.write("site/odd/" + std::string(name), "odd");
  }
  std::string page = body("/odd/");
  std::string_view rest = page;
  rest.remove_prefix(rest.find("</tr>", rest.find("class=\"d up\"")));
  int fetched = 0;
  for (size_t at = rest.find("<a href=\""); at != std::string_view::npos; at = rest.find("<a href=\"")) {
    rest.remove_prefix(at + 9);
    std::string target = "/odd/" + std::string(rest.substr(0, rest.find('"')));
    EXPECT_EQ(body(target), "odd") << target;
    ++fetched;
  }
  EXPECT_EQ(fetched, 14);
}

TEST_F(ListingTest, what_may_not_be_read_is_forbidden) {
  const std::string bare = folder_ / "site/bare";
  ASSERT_EQ(::chmod(bare.c_str(), 0111), 0);
  {
    test::Unprivileged unprivileged;
    EXPECT_EQ(body("/bare/"), "403");
    EXPECT_EQ(body("/bare/b.txt"), "b");
  }
  ASSERT_EQ(::chmod(bare.c_str(), 0755), 0);
}

TEST_F(ListingTest, a_large_directory_lets_others_go_first) {
  for (int i = 0; i < 600; ++i) folder_.write("site/many/" + std::to_string(i), "");
  std::string page = body("/many/");
  int entries = 0;
  for (size_t at = 0; (at = page.find("<tr><td>", at)) != std::string::npos; ++at) ++entries;
  EXPECT_EQ(entries, 600);
  EXPECT_GE(requests_.turns(), static_cast<int>(page.size() / (64 * 1024))) << "a turn for each part of the page";
}

TEST_F(ListingTest, is_not_made_before_it_is_taken_but_for_its_first_part) {
  for (int i = 0; i < 600; ++i) folder_.write("site/many/" + std::to_string(i), "");
  Response page = get("/many/");
  ASSERT_TRUE(std::holds_alternative<Producer>(page.body));
  EXPECT_EQ(std::get<Producer>(page.body).length, std::nullopt);
  EXPECT_TRUE(std::holds_alternative<std::string>(get("/bare/").body)) << "one part has a length";
}

// Who waits comes in when one of those has gone out, not when its client has got the last byte of a short page.
TEST_F(ListingTest, few_long_ones_are_under_way_at_a_time) {
  for (int i = 0; i < 600; ++i) folder_.write("site/many/" + std::to_string(i), "");
  std::vector<Response> under_way;
  for (unsigned i = 0; i < Listings::most_at_once; ++i) under_way.push_back(get("/many/"));
  Answer waits = handler_(requests_.request("GET /many/"));
  auto& task = std::get<Task<Response>>(waits);
  task.start();
  for (int i = 0; i < 10; ++i) requests_.turn();
  EXPECT_FALSE(task.done());
  under_way.pop_back();
  for (int i = 0; i < 10; ++i) requests_.turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take().status, Status::ok);
  for (unsigned i = 0; i < 2 * Listings::most_at_once; ++i) under_way.push_back(get("/bare/"));
}

// The log says why.
TEST_F(ListingTest, a_folder_of_too_many_entries_is_an_error_with_its_reason) {
  for (int i = 0; i < 3; ++i) folder_.write("site/three/" + std::to_string(i), "");
  folder_.write("site/three/.hidden", "");
  auto few = std::make_shared<const Listings>(1, std::make_shared<BlockingPool>(0), 3);
  const Handler handler = static_files(options_, {std::make_shared<FileCaches>(1, limits_), few});
  EXPECT_EQ(requests_.answer(handler, "GET /three/").status, Status::ok);
  folder_.write("site/three/3", "");
  Response refused = requests_.answer(handler, "GET /three/");
  EXPECT_EQ(refused.status, Status::internal_server_error);
  EXPECT_EQ(refused.reason, "the folder has more entries than can be listed");
  for (unsigned i = 0; i < 2 * Listings::most_at_once; ++i) {
    EXPECT_EQ(requests_.answer(handler, "GET /three/").status, Status::internal_server_error) << "its turn is over";
  }
}

}  // namespace
}  // namespace webserv::detail
