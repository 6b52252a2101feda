#include "webserv/http/framing.h"

#include <gtest/gtest.h>

#include <expected>
#include <string>
#include <string_view>

#include "support/splits.h"

namespace webserv::detail {
namespace {

using namespace std::literals;
using Kind = Framing::Kind;

// The framing of a request with these fields, which have no control bytes.
std::expected<Framing, HttpError> framing(std::string_view fields, int minor_version = 1) {
  std::string bytes =
      "POST / HTTP/1." + std::to_string(minor_version) + "\r\nHost: a\r\n" + std::string(fields) + "\r\n";
  HeadOutcome outcome = read_head(bytes);
  EXPECT_TRUE(outcome.whole && *outcome.whole) << fields;
  return request_framing(outcome.head);
}

TEST(Framing, is_none_a_length_or_chunked) {
  struct Row {
    std::string_view fields;
    Framing framing;
  };
  const Row rows[] = {
      {"", {}},
      {"Content-Length: 0\r\n", {}},
      {"Content-Length: 000\r\n", {}},
      {"Content-Length: 1\r\n", {Kind::length, 1}},
      {"content-length:\t0042 \r\n", {Kind::length, 42}},
      {"Content-Length: 9223372036854775807\r\n", {Kind::length, INT64_MAX}},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", {Kind::length, 5}},
      {"Content-Length: 5\r\nX: y\r\nContent-Length: 05\r\n", {Kind::length, 5}},
      {"Content-Length: 5, 5\r\n", {Kind::length, 5}},
      {"Content-Length: 5,5\t,5\r\nContent-Length: 5\r\n", {Kind::length, 5}},
      {"Content-Length: 0, 0\r\n", {}},
      {"Transfer-Encoding: chunked\r\n", {Kind::chunked, 0}},
      {"transfer-encoding:Chunked\t\r\n", {Kind::chunked, 0}},
      // Other names are other fields.
      {"Transfer_Encoding: chunked\r\n", {}},
      {"Content_Length: 5\r\n", {}},
      {"X-Content-Length: 5\r\n", {}},
      {"Transfer-Encodin: chunked\r\nContent-Lengths: 5\r\n", {}},
  };
  for (const Row& row : rows) {
    std::expected<Framing, HttpError> found = framing(row.fields);
    ASSERT_TRUE(found) << row.fields << found.error().reason;
    EXPECT_EQ(*found, row.framing) << row.fields;
  }
}

struct Refusal {
  std::string_view fields;
  Status status = Status::bad_request;
};

void check_refused(const Refusal& row, int minor_version = 1) {
  std::expected<Framing, HttpError> found = framing(row.fields, minor_version);
  ASSERT_FALSE(found) << row.fields;
  EXPECT_EQ(found.error().status, row.status) << row.fields;
}

TEST(Framing, refuses_what_is_no_length) {
  for (std::string_view value : {"",
                                 "+5",
                                 "-0",
                                 "-5",
                                 "0x5",
                                 "5x",
                                 "x5",
                                 "1_0",
                                 "1 0",
                                 "5.0",
                                 "5e1",
                                 "\"5\"",
                                 "5;",
                                 "\xa0"
                                 "5",
                                 "5,",
                                 ",5",
                                 ",",
                                 "5,,5",
                                 "5, 6",
                                 "5, +5",
                                 "5 5",
                                 "9223372036854775808",
                                 "18446744073709551616",
                                 "18446744073709551621",
                                 "99999999999999999999999"}) {
    std::string field = "Content-Length: " + std::string(value) + "\r\n";
    check_refused({field});
    check_refused({field}, 0);
  }
  check_refused({"Content-Length: 5\r\nContent-Length: 6\r\n"});
  check_refused({"Content-Length: 5\r\nContent-Length: \r\n"});
  check_refused({"Content-Length: 0\r\nContent-Length: 5\r\n"});
  check_refused({"Content-Length: 5, 5\r\nContent-Length: 6\r\n"});
}

TEST(Framing, refuses_codings_other_than_chunked_alone) {
  const Refusal rows[] = {
      {"Transfer-Encoding: gzip\r\n", Status::not_implemented},
      {"Transfer-Encoding: identity\r\n", Status::not_implemented},
      {"Transfer-Encoding: xchunked\r\n", Status::not_implemented},
      {"Transfer-Encoding: chunkedx\r\n", Status::not_implemented},
      {"Transfer-Encoding: gzip, chunked\r\n", Status::not_implemented},
      {"Transfer-Encoding: gzip;q=1, deflate\r\n", Status::not_implemented},
      {"Transfer-Encoding: identity, chunked\r\n", Status::not_implemented},
      {"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", Status::not_implemented},
      {"Transfer-Encoding: chunked, identity\r\n"},
      {"Transfer-Encoding: chunked, chunked\r\n"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n"},
      {"Transfer-Encoding: gzip, chunked, gzip\r\n"},
      {"Transfer-Encoding:\r\n"},
      {"Transfer-Encoding: ,\r\n"},
      {"Transfer-Encoding: ,chunked\r\n"},
      {"Transfer-Encoding: chunked,\r\n"},
      {"Transfer-Encoding: chunked;\r\n"},
      {"Transfer-Encoding: chunked;a=b\r\n"},
      {"Transfer-Encoding: chunked ;a\r\n"},
      {"Transfer-Encoding: \"chunked\"\r\n"},
      {"Transfer-Encoding: chun ked\r\n"},
      {"Transfer-Encoding: chunked chunked\r\n"},
      {"Transfer-Encoding: chunked\xa0\r\n"},
      {"Transfer-Encoding: \xc3\xa4\r\n"},
      {"Transfer-Encoding: ;a=b\r\n"},
      {"Transfer-Encoding: =chunked\r\n"},
      {"Transfer-Encoding: [chunked]\r\n"},
  };
  for (const Refusal& row : rows) check_refused(row);
}

TEST(Framing, refuses_a_length_beside_a_coding) {
  check_refused({"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"});
  check_refused({"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"});
  check_refused({"Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"});
}

TEST(Framing, refuses_a_coding_in_http_1_0) {
  check_refused({"Transfer-Encoding: chunked\r\n"}, 0);
  check_refused({"Transfer-Encoding: gzip\r\n"}, 0);
  EXPECT_EQ(framing("Content-Length: 5\r\n", 0), (Framing{Kind::length, 5}));
}

}  // namespace
}  // namespace webserv::detail
