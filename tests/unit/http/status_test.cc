#include "webserv/http/status.h"

#include <gtest/gtest.h>

namespace webserv::detail {
namespace {

TEST(Status, has_the_registered_reason_phrases) {
  EXPECT_EQ(reason_phrase(Status::ok), "OK");
  EXPECT_EQ(reason_phrase(Status::content_too_large), "Content Too Large");
  EXPECT_EQ(reason_phrase(Status::misdirected_request), "Misdirected Request");
  EXPECT_EQ(reason_phrase(Status::request_header_fields_too_large), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(Status::insufficient_storage), "Insufficient Storage");
  // Codes that a CGI program may make.
  EXPECT_EQ(reason_phrase(static_cast<Status>(103)), "Early Hints");
  EXPECT_EQ(reason_phrase(static_cast<Status>(511)), "Network Authentication Required");
}

TEST(Status, has_no_phrase_where_the_code_is_not_known) {
  for (int code : {0, 99, 199, 299, 306, 418, 499, 599, 600, 999}) {
    EXPECT_EQ(reason_phrase(static_cast<Status>(code)), "") << code;
  }
}

TEST(Status, knows_which_responses_have_no_body) {
  for (Status status : {Status::continue_, Status::switching_protocols, Status::no_content, Status::not_modified}) {
    EXPECT_TRUE(is_bodiless(status)) << code(status);
  }
  for (Status status : {Status::ok, Status::partial_content, Status::found, Status::bad_request}) {
    EXPECT_FALSE(is_bodiless(status)) << code(status);
  }
}

}  // namespace
}  // namespace webserv::detail
