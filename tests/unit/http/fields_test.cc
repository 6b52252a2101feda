#include "webserv/http/fields.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/http/known_names.h"

namespace webserv::detail {
namespace {

using namespace std::literals;

struct Known {
  std::string_view text;
  FieldName name;
};

constexpr Known all_known[] = {
    {"Accept", FieldName::accept},
    {"Accept-Encoding", FieldName::accept_encoding},
    {"Authorization", FieldName::authorization},
    {"Connection", FieldName::connection},
    {"Content-Length", FieldName::content_length},
    {"Content-Type", FieldName::content_type},
    {"Cookie", FieldName::cookie},
    {"Expect", FieldName::expect},
    {"Host", FieldName::host},
    {"If-Match", FieldName::if_match},
    {"If-Modified-Since", FieldName::if_modified_since},
    {"If-None-Match", FieldName::if_none_match},
    {"If-Range", FieldName::if_range},
    {"If-Unmodified-Since", FieldName::if_unmodified_since},
    {"Range", FieldName::range},
    {"Referer", FieldName::referer},
    {"TE", FieldName::te},
    {"Trailer", FieldName::trailer},
    {"Transfer-Encoding", FieldName::transfer_encoding},
    {"Upgrade", FieldName::upgrade},
    {"User-Agent", FieldName::user_agent},
    {"Forwarded", FieldName::forwarding},
};

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return upper;
}

TEST(FieldName, is_found_in_any_case) {
  EXPECT_EQ(std::size(all_known) + 1, static_cast<size_t>(FieldName::count_));
  for (const Known& known : all_known) {
    EXPECT_EQ(field_name(known.text), known.name) << known.text;
    EXPECT_EQ(field_name(to_lower(known.text)), known.name) << known.text;
    EXPECT_EQ(field_name(to_upper(known.text)), known.name) << known.text;
  }
}

TEST(FieldName, is_other_where_any_byte_differs) {
  for (const Known& known : all_known) {
    for (size_t at = 0; at < known.text.size(); ++at) {
      for (unsigned i = 0; i < 256; ++i) {
        std::string text(known.text);
        text[at] = static_cast<char>(i);
        if (equals_ignoring_case(text, known.text)) continue;
        EXPECT_NE(field_name(text), known.name) << text;
        EXPECT_TRUE(!is_token(text) || known_names::find(text) != known.name) << text;
      }
    }
    std::string longer = std::string(known.text) + "s";
    EXPECT_EQ(field_name(longer), FieldName::other);
    EXPECT_EQ(field_name(known.text.substr(1)), FieldName::other);
    EXPECT_EQ(field_name(known.text.substr(0, known.text.size() - 1)), FieldName::other);
  }
}

TEST(FieldName, is_other_where_it_is_no_known_one) {
  for (std::string_view text : {""sv, "X"sv, "Transfer_Encoding"sv, "Content-Length "sv, "Upgrade-Insecure-Requests"sv,
                                "content\rlength"sv, "\0"sv, "Sec-WebSocket-Extensions"sv}) {
    EXPECT_EQ(field_name(text), FieldName::other) << text;
  }
  EXPECT_EQ(field_name(std::string(100'000, 'a')), FieldName::other);
}

TEST(FieldName, is_that_of_forwarding_by_its_beginning) {
  for (std::string_view text : {"X-Forwarded-For"sv, "x-forwarded-proto"sv, "X-FORWARDED-HOST"sv, "x-forwarded-a"sv,
                                "X-Forwarded-Client-Cert-And-More-Than-That"sv}) {
    EXPECT_EQ(field_name(text), FieldName::forwarding) << text;
  }
  for (std::string_view text : {"X-Forwarded"sv, "X-Forwarded-"sv, "X_Forwarded-For"sv, "X-Forwarded_For"sv,
                                "Y-Forwarded-For"sv, "X-Forwardee-For"sv, "\rX-Forwarded-For"sv, "X-Forwarded-F:"sv}) {
    EXPECT_EQ(field_name(text), FieldName::other) << text;
  }
}

TEST(Fields, tells_tokens_and_values) {
  for (std::string_view text :
       {"a"sv, "X-Y"sv, "!#$%&'*+-.^_`|~09azAZ"sv, "a-token-that-is-longer-than-two-blocks-of-bytes"sv}) {
    EXPECT_TRUE(is_token(text)) << text;
  }
  for (std::string_view text : {""sv, " "sv, "a b"sv, "a:"sv, "a\0"sv, "a\x7f"sv, "\xc3\xa4"sv, "a/b"sv, "a(b"sv,
                                "a\""sv, "a-token-that-is-longer-than-two-blocks-of-byte,"sv}) {
    EXPECT_FALSE(is_token(text)) << text;
  }
  for (std::string_view text : {""sv, "a b\tc"sv, "gr\xc3\xbc\xc3\x9f"sv, "\xff\x80"sv, "\"(),/:;<=>?@[\\]{}"sv}) {
    EXPECT_TRUE(is_field_value(text)) << text;
  }
  for (std::string_view text :
       {"\0"sv, "a\r"sv, "a\nb"sv, "\x1f"sv, "\x7f"sv, "a value that is longer than a block\v"sv}) {
    EXPECT_FALSE(is_field_value(text)) << text;
  }
}

Field field(std::string_view name, std::string_view value) { return {name, value, field_name(name)}; }

TEST(Fields, gives_values_by_name) {
  Fields fields;
  fields.add(field("X-First", "1"));
  fields.add(field("Accept", "a"));
  fields.add(field("Host", "h"));
  fields.add(field("accept", "b"));
  fields.add(field("x-first", "2"));
  EXPECT_EQ(fields.size(), 5u);
  EXPECT_TRUE(fields.has(FieldName::accept) && fields.repeated(FieldName::accept));
  EXPECT_TRUE(fields.has(FieldName::host) && !fields.repeated(FieldName::host));
  EXPECT_TRUE(!fields.has(FieldName::range) && !fields.repeated(FieldName::range));
  EXPECT_EQ(fields.value(FieldName::accept), "a");
  EXPECT_EQ(fields.value(FieldName::host), "h");
  EXPECT_EQ(fields.value(FieldName::range), "");
  EXPECT_EQ(fields.value("X-FIRST"), "1");
  EXPECT_EQ(fields.value("ACCEPT"), "a");
  EXPECT_EQ(fields.value("X-Missing"), "");
  EXPECT_TRUE(fields.any(field_set(FieldName::range, FieldName::host)));
  EXPECT_FALSE(fields.any(field_set(FieldName::range, FieldName::cookie)));
  EXPECT_FALSE(fields.any(field_set()));
}

TEST(Fields, joins_all_values_of_a_name) {
  Fields fields;
  EXPECT_EQ(fields.joined(FieldName::accept), "");
  fields.add(field("Accept", ""));
  EXPECT_EQ(fields.joined(FieldName::accept), "");
  fields.add(field("Host", "h"));
  fields.add(field("Accept", "b, c"));
  fields.add(field("Accept", "d"));
  EXPECT_EQ(fields.joined(FieldName::accept), ", b, c, d");
  EXPECT_EQ(fields.joined(FieldName::host), "h");
}

TEST(Fields, forgets_all_when_cleared) {
  Fields fields;
  for (int i = 0; i < 3; ++i) {
    fields.add(field("Cookie", "c"));
    fields.add(field("Host", "h"));
    EXPECT_EQ(fields.size(), 2u);
    EXPECT_FALSE(fields.repeated(FieldName::host));
    EXPECT_EQ(fields.value(FieldName::host), "h");
    fields.clear();
    EXPECT_EQ(fields.size(), 0u);
    EXPECT_EQ(fields.begin(), fields.end());
    EXPECT_FALSE(fields.has(FieldName::host));
  }
}

TEST(Fields, counts_more_than_sixteen_bits_hold) {
  Fields fields;
  for (int i = 0; i < 70'000; ++i) fields.add(field("X", "1"));
  fields.add(field("Host", "h"));
  EXPECT_EQ(fields.value(FieldName::host), "h");
  EXPECT_EQ(fields.size(), 70'001u);
}

}  // namespace
}  // namespace webserv::detail
