#include "webserv/server/error_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::detail {
namespace {

TEST(ErrorText, is_html_for_those_who_ask_for_it_by_name) {
  struct Case {
    std::string_view accept;
    bool html;
  };
  for (Case c : std::vector<Case>{
           {"", false},
           {"*/*", false},
           {"text/*", false},
           {"text/html", true},
           {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true},
           {"text/html;q=0", false},
           {"text/plain, text/html", true},
           {"text/plain, text/html;q=0.5", false},
           {"text/plain;q=0.5, text/html", true},
           {"application/json", false},
           {"image/avif,image/webp,*/*;q=0.8", false},
       }) {
    Response page = error(Status::not_found, "no such file");
    put_built_in_page(page, c.accept);
    EXPECT_EQ(page.fields.value("Content-Type"), c.html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8")
        << c.accept;
    EXPECT_EQ(std::get<std::string>(page.body), c.html ? error_html(page.status) : error_text(page.status));
    EXPECT_EQ(page.fields.value("Vary"), "Accept");
  }
}

TEST(ErrorText, keeps_status_and_fields) {
  Response page = closing(error(Status::method_not_allowed, "not that"));
  page.fields.add("Allow", "GET");
  put_built_in_page(page, "text/html");
  EXPECT_EQ(page.status, Status::method_not_allowed);
  EXPECT_EQ(page.fields.value("Allow"), "GET");
  EXPECT_EQ(page.reason, "not that");
  EXPECT_TRUE(page.close);
  EXPECT_EQ(page.page, ErrorPage::built_in);
}

TEST(ErrorText, names_code_and_phrase_for_every_status) {
  EXPECT_EQ(error_text(Status::not_found),
            "404 Not Found: There is nothing at this address. It may have moved, or the link may be mistyped.\n");
  for (unsigned number = 400; number < 600; ++number) {
    auto status = static_cast<Status>(number);
    std::string line = error_text(status);
    std::string page = error_html(status);
    EXPECT_TRUE(line.starts_with(std::to_string(number) + " ")) << line;
    EXPECT_TRUE(line.ends_with(".\n")) << line;
    EXPECT_NE(page.find("<title>" + std::to_string(number) + " "), std::string::npos);
    EXPECT_LT(page.size(), 2000u) << "a page of one packet or two";
  }
}

}  // namespace
}  // namespace webserv::detail
