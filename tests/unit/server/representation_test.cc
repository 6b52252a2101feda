#include "webserv/server/representation.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include <map>

#include "support/body_bytes.h"
#include "support/request_builder.h"
#include "support/temporary_folder.h"
#include "webserv/server/prepared.h"

namespace webserv::detail {
namespace {

using test::body_bytes;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view content = "0123456789abcdefghij";

Response whole(BodySource body = std::string(content)) {
  Response response;
  response.fields.add("Content-Type", "text/plain");
  response.fields.add("Content-Encoding", "gzip");
  response.fields.add("ETag", "\"v1\"");
  response.fields.add("Last-Modified", "Sat, 21 Nov 2026 09:20:00 GMT");
  response.fields.add("Accept-Ranges", "bytes");
  response.fields.add("Cache-Control", "max-age=60");
  response.fields.add("Vary", "Accept-Encoding");
  response.fields.add("X-Frame-Options", "DENY");
  response.body = std::move(body);
  return response;
}

class RepresentationTest : public ::testing::Test {
 protected:
  Response select(std::string_view fields, Response response = whole(), std::string_view target = "GET /") {
    select_representation(requests_.request(target, fields), response);
    return response;
  }
  RequestBuilder requests_;
};

TEST_F(RepresentationTest, one_test_tells_whether_there_is_anything_to_do) {
  EXPECT_FALSE(wants_selection(requests_.request("GET /", "Accept: */*\r\nCookie: a=b\r\n").head()));
  EXPECT_FALSE(wants_selection(requests_.request("GET /", "If-Range: \"v1\"\r\n").head()));
  for (std::string_view name : {"If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Range"}) {
    EXPECT_TRUE(wants_selection(requests_.request("GET /", std::string(name) + ": x\r\n").head())) << name;
  }
}

TEST_F(RepresentationTest, a_response_that_was_prepared_is_selected_as_any_other) {
  auto prepared = std::make_shared<const Prepared>(Status::ok, whole().fields, content);
  Response response;
  response.finished = true;
  response.body = prepared;
  EXPECT_EQ(select("If-None-Match: \"v1\"\r\n", response).status, Status::not_modified);
  Response part = select("Range: bytes=2-4\r\n", response);
  EXPECT_EQ(part.status, Status::partial_content);
  EXPECT_EQ(body_bytes(part), "234");
  EXPECT_EQ(part.fields.value("Content-Range"), "bytes 2-4/20");
}

TEST_F(RepresentationTest, answers_requests_by_their_preconditions_and_ranges) {
  const std::string date = "Sat, 21 Nov 2026 09:20:00 GMT";
  const std::string before = "Sat, 21 Nov 2026 09:19:59 GMT";
  struct Case {
    std::string fields;
    unsigned status;
    std::string body;
  };
  const Case cases[] = {
      {"", 200, std::string(content)},
      {"If-None-Match: \"v1\"\r\n", 304, ""},
      {"If-None-Match: W/\"v1\"\r\n", 304, ""},
      {"If-None-Match: \"v0\", \"v1\"\r\n", 304, ""},
      {"If-None-Match: *\r\n", 304, ""},
      {"If-None-Match: \"v0\"\r\n", 200, std::string(content)},
      {"If-Modified-Since: " + date + "\r\n", 304, ""},
      {"If-Modified-Since: " + before + "\r\n", 200, std::string(content)},
      {"If-Modified-Since: yesterday\r\n", 200, std::string(content)},
      {"If-None-Match: \"v0\"\r\nIf-Modified-Since: " + date + "\r\n", 200, std::string(content)},
      {"If-Match: \"v1\"\r\n", 200, std::string(content)},
      {"If-Match: W/\"v1\"\r\n", 412, ""},
      {"If-Match: \"v0\"\r\n", 412, ""},
      {"If-Unmodified-Since: " + before + "\r\n", 412, ""},
      {"If-Unmodified-Since: " + date + "\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\n", 206, "0123"},
      {"Range: bytes=18-\r\n", 206, "ij"},
      {"Range: bytes=-2\r\n", 206, "ij"},
      {"Range: bytes=18-99\r\n", 206, "ij"},
      {"Range: bytes=0-99\r\n", 206, std::string(content)},
      {"Range: bytes=20-\r\n", 416, ""},
      {"Range: bytes=5-4\r\n", 200, std::string(content)},
      {"Range: pages=1-2\r\n", 200, std::string(content)},
      {"Range: bytes=0-1\r\nRange: bytes=2-3\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-Range: \"v1\"\r\n", 206, "0123"},
      {"Range: bytes=0-3\r\nIf-Range: W/\"v1\"\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-Range: \"v0\"\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-Range: " + date + "\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-Range: " + before + "\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-Range: \"v1\"\r\nIf-Range: \"v1\"\r\n", 200, std::string(content)},
      {"Range: bytes=99-\r\nIf-Range: \"v0\"\r\n", 200, std::string(content)},
      {"Range: bytes=0-3\r\nIf-None-Match: \"v1\"\r\n", 304, ""},
      {"Range: bytes=99-\r\nIf-Match: \"v0\"\r\n", 412, ""},
      {"Range: bytes=0-3\r\nIf-Match: \"v1\"\r\n", 206, "0123"},
  };
  for (const Case& each : cases) {
    Response response = select(each.fields);
    EXPECT_EQ(code(response.status), each.status) << each.fields;
    EXPECT_EQ(body_bytes(response), each.body) << each.fields;
  }
}

TEST_F(RepresentationTest, not_modified_has_what_caches_update_with) {
  Response response = select("If-None-Match: \"v1\"\r\n");
  EXPECT_EQ(response.fields.lines(),
            "ETag: \"v1\"\r\nCache-Control: max-age=60\r\nVary: Accept-Encoding\r\nX-Frame-Options: DENY\r\n");
}

TEST_F(RepresentationTest, not_modified_keeps_last_modified_where_there_is_no_tag) {
  Response response = whole();
  response.fields.remove("ETag");
  response = select("If-Modified-Since: Sat, 21 Nov 2026 09:20:00 GMT\r\n", std::move(response));
  EXPECT_EQ(response.status, Status::not_modified);
  EXPECT_TRUE(response.fields.has("Last-Modified"));
}

TEST_F(RepresentationTest, refusals_describe_nothing_and_ask_for_an_error_page) {
  for (std::string_view fields : {"If-Match: \"v0\"\r\n", "Range: bytes=20-\r\n"}) {
    Response response = select(fields);
    EXPECT_EQ(response.page, ErrorPage::due);
    EXPECT_THAT(response.fields.lines(), HasSubstr("X-Frame-Options: DENY\r\n"));
    for (std::string_view name : {"ETag", "Content-Type", "Content-Encoding", "Last-Modified", "Cache-Control"}) {
      EXPECT_FALSE(response.fields.has(name)) << name;
    }
  }
  EXPECT_EQ(select("Range: bytes=20-\r\n").fields.value("Content-Range"), "bytes */20");
}

TEST_F(RepresentationTest, a_part_says_where_it_belongs) {
  Response response = select("Range: bytes=4-7\r\n");
  EXPECT_EQ(response.fields.value("Content-Range"), "bytes 4-7/20");
  for (std::string_view name : {"ETag", "Content-Type", "Content-Encoding", "Last-Modified", "Vary"}) {
    EXPECT_TRUE(response.fields.has(name)) << name;
  }
}

TEST_F(RepresentationTest, several_parts_are_multipart_in_the_order_asked_for) {
  Response response = select("Range: bytes=10-11,0-1\r\n");
  ASSERT_EQ(response.status, Status::partial_content);
  EXPECT_FALSE(response.fields.has("Content-Range"));
  std::string type(response.fields.value("Content-Type"));
  std::string start = "multipart/byteranges; boundary=";
  ASSERT_TRUE(type.starts_with(start)) << type;
  std::string boundary = type.substr(start.size());
  EXPECT_EQ(body_bytes(response), "--" + boundary +
                                      "\r\nContent-Type: text/plain\r\nContent-Range: bytes 10-11/20\r\n\r\nab"
                                      "\r\n--" +
                                      boundary +
                                      "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/20\r\n\r\n01"
                                      "\r\n--" +
                                      boundary + "--\r\n");
}

TEST_F(RepresentationTest, boundaries_cannot_be_foretold) {
  std::string first(select("Range: bytes=0-1,5-6\r\n").fields.value("Content-Type"));
  EXPECT_NE(first, select("Range: bytes=0-1,5-6\r\n").fields.value("Content-Type"));
}

TEST_F(RepresentationTest, ranges_that_touch_are_one_and_floods_are_ignored) {
  EXPECT_EQ(select("Range: bytes=0-3,4-5\r\n").fields.value("Content-Range"), "bytes 0-5/20");
  std::string flood = "Range: bytes=0-0";
  for (int i = 0; i < 200; ++i) flood += ",0-0,2-2,4-4,6-6,8-8,10-10,12-12";
  EXPECT_THAT(code(select(flood + "\r\n").status), testing::AnyOf(200, 206));
  std::string many = "Range: bytes=0-0";
  for (size_t i = 2; i < 20; ++i) many += "," + std::to_string(i) + "-" + std::to_string(i);
  EXPECT_LE(body_bytes(select(many + "\r\n")).size(), 2000u);
}

TEST_F(RepresentationTest, every_body_of_known_length_can_be_cut) {
  test::TemporaryFolder folder;
  folder.write("file", "__" + std::string(content) + "__");
  auto file = std::make_shared<const Fd>(Fd(::open((folder / "file").c_str(), O_RDONLY | O_CLOEXEC)));
  auto owner = std::make_shared<const std::string>(content);
  const BodySource bodies[] = {std::string(content), content, SharedBytes{owner, *owner}, FileSlice{file, 2, 20}};
  for (const BodySource& body : bodies) {
    EXPECT_EQ(body_bytes(select("Range: bytes=4-7\r\n", whole(body))), "4567") << body.index();
    std::string parts = body_bytes(select("Range: bytes=0-1,-2\r\n", whole(body)));
    EXPECT_THAT(parts, HasSubstr("\r\n\r\n01\r\n--")) << body.index();
    EXPECT_THAT(parts, HasSubstr("\r\n\r\nij\r\n--")) << body.index();
  }
}

TEST_F(RepresentationTest, shared_bytes_are_not_copied_and_stay_alive) {
  auto owner = std::make_shared<const std::string>(content);
  Response response = select("Range: bytes=4-7\r\n", whole(SharedBytes{owner, *owner}));
  const auto& part = std::get<SharedBytes>(response.body);
  EXPECT_EQ(part.bytes.data(), owner->data() + 4);
  EXPECT_EQ(part.owner, owner);
}

TEST_F(RepresentationTest, head_ignores_ranges_but_not_preconditions) {
  Response response = select("Range: bytes=0-3\r\n", whole(), "HEAD /");
  EXPECT_EQ(response.status, Status::ok);
  EXPECT_EQ(body_bytes(response), content);
  EXPECT_EQ(select("If-None-Match: \"v1\"\r\n", whole(), "HEAD /").status, Status::not_modified);
}

TEST_F(RepresentationTest, nothing_is_done_where_it_does_not_apply) {
  constexpr std::string_view all = "Range: bytes=0-3\r\nIf-None-Match: \"v1\"\r\n";
  EXPECT_EQ(select(all, whole(), "POST /").status, Status::ok);
  Response missing = whole();
  missing.status = Status::not_found;
  EXPECT_EQ(select(all, missing).status, Status::not_found);
  Response plain = text("0123456789");
  EXPECT_EQ(select(all, plain).status, Status::ok) << "without a validator parts could not be told apart";
}

TEST_F(RepresentationTest, a_producer_goes_out_whole_but_for_preconditions) {
  const Producer producer([](BodySink&) -> Task<Result<>> { co_return Result<>(); });
  EXPECT_EQ(select("Range: bytes=0-3\r\n", whole(producer)).status, Status::ok);
  EXPECT_EQ(select("If-None-Match: \"v1\"\r\n", whole(producer)).status, Status::not_modified);
}

TEST_F(RepresentationTest, an_empty_body_has_no_parts) {
  EXPECT_EQ(select("Range: bytes=0-\r\n", whole(std::string())).status, Status::ok);
  Response beyond = select("Range: bytes=1-\r\n", whole(std::string()));
  EXPECT_EQ(beyond.status, Status::range_not_satisfiable);
  EXPECT_EQ(beyond.fields.value("Content-Range"), "bytes */0");
}

TEST_F(RepresentationTest, a_second_time_changes_nothing) {
  for (std::string_view fields : {"Range: bytes=4-7\r\n", "If-None-Match: \"v1\"\r\n", "Range: bytes=20-\r\n",
                                  "Range: bytes=0-3\r\nIf-Range: \"v0\"\r\n"}) {
    Response once = select(fields);
    Response twice = select(fields, once);
    EXPECT_EQ(once.status, twice.status) << fields;
    EXPECT_EQ(once.fields.lines(), twice.fields.lines()) << fields;
    EXPECT_EQ(body_bytes(once), body_bytes(twice)) << fields;
  }
}

}  // namespace
}  // namespace webserv::detail
