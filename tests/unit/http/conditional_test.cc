#include "webserv/http/conditional.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "webserv/http/date.h"

namespace webserv::detail {
namespace {

constexpr int64_t now = 1'795'252'800;     // 2026-11-21T09:20:00Z
constexpr int64_t modified = 784'111'777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::string_view same_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view later = "Sun, 06 Nov 1994 08:49:38 GMT";

constexpr Outcome proceed = Outcome::proceed;
constexpr Outcome not_modified = Outcome::not_modified;
constexpr Outcome failed = Outcome::precondition_failed;

using Lines = std::vector<std::pair<FieldName, std::string_view>>;

Fields fields_of(const Lines& lines) {
  Fields fields;
  for (const auto& [name, value] : lines) fields.add({"", value, name});
  return fields;
}

Outcome outcome(Method method, const Lines& lines, const Validators& validators = {"\"a\"", modified}) {
  return evaluate(method, fields_of(lines), validators, now);
}

TEST(EntityTag, is_read_with_its_weakness_and_quotes) {
  using Tag = EntityTag;
  EXPECT_EQ(parse_entity_tag("\"a\""), (Tag{false, "\"a\""}));
  EXPECT_EQ(parse_entity_tag("W/\"a\""), (Tag{true, "\"a\""}));
  EXPECT_EQ(parse_entity_tag("\"\""), (Tag{false, "\"\""}));
  EXPECT_EQ(parse_entity_tag("\"a,b\\\""), (Tag{false, "\"a,b\\\""}));  // no escapes: RFC 9110 8.8.3
  EXPECT_EQ(parse_entity_tag("\"\x80\xff!#~\""), (Tag{false, "\"\x80\xff!#~\""}));
  for (std::string_view text : {"", "a", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "W/", "W/a", "W/ \"a\"", "\"a\"b",
                                "\"a\" ", " \"a\"", "\"a b\"", "\"a\x7f\"", "\"a\"\"", "'a'", "*"}) {
    EXPECT_EQ(parse_entity_tag(text), std::nullopt) << text;
  }
}

TEST(EntityTag, compares_as_rfc_9110_8_8_3_2_shows) {
  EntityTag weak_1 = *parse_entity_tag("W/\"1\"");
  EntityTag weak_2 = *parse_entity_tag("W/\"2\"");
  EntityTag strong_1 = *parse_entity_tag("\"1\"");
  EXPECT_FALSE(strongly_equal(weak_1, weak_1));
  EXPECT_TRUE(weakly_equal(weak_1, weak_1));
  EXPECT_FALSE(strongly_equal(weak_1, weak_2));
  EXPECT_FALSE(weakly_equal(weak_1, weak_2));
  EXPECT_FALSE(strongly_equal(weak_1, strong_1));
  EXPECT_TRUE(weakly_equal(weak_1, strong_1));
  EXPECT_TRUE(strongly_equal(strong_1, strong_1));
  EXPECT_TRUE(weakly_equal(strong_1, strong_1));
}

TEST(Conditional, lets_requests_without_preconditions_through) {
  EXPECT_EQ(outcome(Method::get, {}), proceed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_range, "\"b\""}, {FieldName::host, "x"}}), proceed);
}

struct ListRow {
  std::string_view list;
  bool weak;    // whether it names "a" by weak comparison
  bool strong;  // and by strong
};

const std::vector<ListRow> lists = {
    {"\"a\"", true, true},
    {"W/\"a\"", true, false},
    {"\"b\"", false, false},
    {"\"A\"", false, false},
    {"\"b\", \"a\"", true, true},
    {"\"b\",\"a\"", true, true},
    {"\"a\" , \"b\"", true, true},
    {"W/\"b\"\t,W/\"a\"", true, false},
    {"W/\"a\", \"a\"", true, true},
    {",, \"a\",", true, true},
    {"\"b, a\", \"c\"", false, false},
    {"\"b,\\\", \"a\"", true, true},  // a backslash escapes nothing
    {"*", true, true},
    {"*, \"b\"", false, false},  // "*" is no entity tag
    {"*, \"a\"", true, true},
    {"**", false, false},
    {"\"*\"", false, false},
    {"a", false, false},
    {"", false, false},
    {",", false, false},
    {"\"a", false, false},
    {"\"a\"x", false, false},
    {"\"a\" \"b\"", false, false},
    {"\"a\";x=1", false, false},
    {"x\"a\"", false, false},
    {"w/\"a\"", false, false},
    {"W/ \"a\"", false, false},
    {"W/*", false, false},
    {"garbage, \"a\"", true, true},
    {"\"unfinished, \"a\"", true, true},
    {"\"a\"garbage, \"a\"", true, true},
    {"\"b\"\"a\"", false, false},
};

TEST(Conditional, answers_if_none_match_by_weak_comparison) {
  for (const ListRow& row : lists) {
    Lines lines = {{FieldName::if_none_match, row.list}};
    EXPECT_EQ(outcome(Method::get, lines), row.weak ? not_modified : proceed) << row.list;
    EXPECT_EQ(outcome(Method::head, lines), row.weak ? not_modified : proceed) << row.list;
    EXPECT_EQ(outcome(Method::post, lines), row.weak ? failed : proceed) << row.list;
    EXPECT_EQ(outcome(Method::put, lines), row.weak ? failed : proceed) << row.list;
    EXPECT_EQ(outcome(Method::delete_, lines), row.weak ? failed : proceed) << row.list;
  }
}

TEST(Conditional, answers_if_match_by_strong_comparison) {
  for (const ListRow& row : lists) {
    Lines lines = {{FieldName::if_match, row.list}};
    EXPECT_EQ(outcome(Method::get, lines), row.strong ? proceed : failed) << row.list;
    EXPECT_EQ(outcome(Method::put, lines), row.strong ? proceed : failed) << row.list;
  }
}

TEST(Conditional, compares_with_a_weak_current_tag) {
  Validators weak{"W/\"a\"", modified};
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_none_match, "\"a\""}}, weak), not_modified);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_none_match, "W/\"a\""}}, weak), not_modified);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "\"a\""}}, weak), failed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "W/\"a\""}}, weak), failed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "*"}}, weak), proceed);
}

TEST(Conditional, joins_repeated_fields) {
  Lines tags = {{FieldName::if_none_match, "\"b\""}, {FieldName::host, "\"a\""}, {FieldName::if_none_match, "\"a\""}};
  EXPECT_EQ(outcome(Method::get, tags), not_modified);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "\"b\""}, {FieldName::if_match, "\"c\", \"a\""}}), proceed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "\"b\""}, {FieldName::if_match, "\"c\""}}), failed);
  // "*" stands alone or is nothing.
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_none_match, "*"}, {FieldName::if_none_match, "*"}}), proceed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "*"}, {FieldName::if_match, "*"}}), failed);
}

TEST(Conditional, answers_if_modified_since_for_get_and_head) {
  for (Method method : {Method::get, Method::head}) {
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, same_date}}), not_modified);
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, later}}), not_modified);
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, earlier}}), proceed);
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, "Sunday, 06-Nov-94 08:49:37 GMT"}}), not_modified);
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, "Sun Nov  6 08:49:37 1994"}}), not_modified);
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, "Fri, 31 Dec 9999 23:59:59 GMT"}}), not_modified);
  }
  for (Method method : {Method::post, Method::put, Method::delete_, Method::patch}) {
    EXPECT_EQ(outcome(method, {{FieldName::if_modified_since, same_date}}), proceed);
  }
}

TEST(Conditional, answers_if_unmodified_since_for_all_methods) {
  for (Method method : {Method::get, Method::head, Method::put, Method::delete_, Method::post}) {
    EXPECT_EQ(outcome(method, {{FieldName::if_unmodified_since, same_date}}), proceed);
    EXPECT_EQ(outcome(method, {{FieldName::if_unmodified_since, later}}), proceed);
    EXPECT_EQ(outcome(method, {{FieldName::if_unmodified_since, earlier}}), failed);
  }
}

TEST(Conditional, ignores_dates_that_are_garbage_or_repeated) {
  for (std::string_view date : {"", "garbage", "0", "Sun, 06 Nov 1994 08:49:36", "Sun, 32 Nov 1994 08:49:36 GMT",
                                "Sun, 06 Nov 1994 08:49:36 GMT, Sun, 06 Nov 1994 08:49:36 GMT", "\"a\"", "*"}) {
    EXPECT_EQ(outcome(Method::get, {{FieldName::if_unmodified_since, date}}), proceed) << date;
    EXPECT_EQ(outcome(Method::get, {{FieldName::if_modified_since, date}}), proceed) << date;
  }
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_modified_since, later}, {FieldName::if_modified_since, later}}),
            proceed);
  EXPECT_EQ(
      outcome(Method::get, {{FieldName::if_unmodified_since, earlier}, {FieldName::if_unmodified_since, earlier}}),
      proceed);
}

TEST(Conditional, ignores_dates_where_the_last_modification_is_not_known) {
  Validators undated{"\"a\"", std::nullopt};
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_modified_since, later}}, undated), proceed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_unmodified_since, earlier}}, undated), proceed);
}

TEST(Conditional, heeds_the_order_of_preconditions) {
  using enum FieldName;
  // If-Match replaces If-Unmodified-Since.
  EXPECT_EQ(outcome(Method::get, {{if_unmodified_since, earlier}, {if_match, "\"a\""}}), proceed);
  EXPECT_EQ(outcome(Method::get, {{if_unmodified_since, later}, {if_match, "\"b\""}}), failed);
  // If-None-Match replaces If-Modified-Since, even where it is garbage.
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, later}, {if_none_match, "\"b\""}}), proceed);
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, earlier}, {if_none_match, "\"a\""}}), not_modified);
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, later}, {if_none_match, "garbage"}}), proceed);
  // 412 comes before 304; both groups hold.
  EXPECT_EQ(outcome(Method::get, {{if_none_match, "\"a\""}, {if_match, "\"b\""}}), failed);
  EXPECT_EQ(outcome(Method::get, {{if_none_match, "\"a\""}, {if_match, "\"a\""}}), not_modified);
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, later}, {if_unmodified_since, earlier}}), failed);
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, later}, {if_unmodified_since, later}}), not_modified);
  EXPECT_EQ(outcome(Method::get, {{if_modified_since, later}, {if_match, "\"a\""}}), not_modified);
  EXPECT_EQ(outcome(Method::put, {{if_none_match, "\"b\""}, {if_unmodified_since, earlier}}), failed);
}

TEST(Conditional, knows_nothing_of_what_is_not_there) {
  Validators nothing{"", std::nullopt, false};
  EXPECT_EQ(outcome(Method::put, {{FieldName::if_none_match, "*"}}, nothing), proceed);
  EXPECT_EQ(outcome(Method::put, {{FieldName::if_none_match, "\"a\""}}, nothing), proceed);
  EXPECT_EQ(outcome(Method::put, {{FieldName::if_match, "*"}}, nothing), failed);
  EXPECT_EQ(outcome(Method::put, {{FieldName::if_match, "\"a\""}}, nothing), failed);
  EXPECT_EQ(outcome(Method::put, {{FieldName::if_unmodified_since, earlier}}, nothing), proceed);
}

TEST(Conditional, matches_by_the_asterisk_alone_where_there_is_no_tag) {
  Validators untagged{"", modified};
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "*"}}, untagged), proceed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_match, "\"\""}}, untagged), failed);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_none_match, "*"}}, untagged), not_modified);
  EXPECT_EQ(outcome(Method::get, {{FieldName::if_none_match, "\"\""}}, untagged), proceed);
}

TEST(Conditional, has_no_say_over_methods_that_select_nothing) {
  for (Method method : {Method::options, Method::connect, Method::trace}) {
    EXPECT_EQ(outcome(method, {{FieldName::if_match, "\"b\""}, {FieldName::if_none_match, "*"}}), proceed);
  }
}

TEST(IfRange, holds_for_the_same_strong_tag) {
  const Validators current{"\"a\"", modified};
  const Validators weak{"W/\"a\"", modified};
  const Validators bare{"", std::nullopt};
  const Validators nothing{"\"a\"", modified, false};
  EXPECT_TRUE(if_range_holds("\"a\"", current));
  // A second may have seen two states.
  for (std::string_view date : {same_date, earlier, later}) EXPECT_FALSE(if_range_holds(date, current)) << date;
  for (std::string_view value : {"\"b\"", "W/\"a\"", "\"a\", \"a\"", "\"a\"x", "*", "a", "", "garbage", "\"a"}) {
    EXPECT_FALSE(if_range_holds(value, current)) << value;
  }
  EXPECT_FALSE(if_range_holds("\"a\"", weak));
  EXPECT_FALSE(if_range_holds("W/\"a\"", weak));
  EXPECT_FALSE(if_range_holds(same_date, weak));
  EXPECT_FALSE(if_range_holds("\"\"", bare));
  EXPECT_FALSE(if_range_holds(same_date, bare));
  EXPECT_FALSE(if_range_holds("garbage", bare));
  EXPECT_FALSE(if_range_holds("\"a\"", nothing));
}

}  // namespace
}  // namespace webserv::detail
