#include "webserv/handlers/files/listing_page.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace webserv::detail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr int64_t noon = 1'795'262'400;  // 2026-11-21T12:00:00Z

std::string render(ListingPage& page, const std::vector<ListedEntry>& entries) {
  std::string out;
  page.begin(out);
  for (const ListedEntry& entry : entries) page.entry(out, entry);
  page.end(out);
  return out;
}
std::string html(const std::vector<ListedEntry>& entries, std::string_view path = "/list/") {
  HtmlListing page(path, {});
  return render(page, entries);
}
std::string json(const std::vector<ListedEntry>& entries) {
  JsonListing page;
  return render(page, entries);
}
ListedEntry file(std::string_view name, uint64_t size = 5, int64_t modified = noon) {
  return {name, false, size, modified};
}
ListedEntry folder(std::string_view name, int64_t modified = noon) { return {name, true, 0, modified}; }

std::vector<std::string> names_in_order(std::string_view query, std::vector<ListedEntry> entries) {
  std::sort(entries.begin(), entries.end(), listing_order(query));
  std::vector<std::string> names;
  for (const ListedEntry& entry : entries) names.emplace_back(entry.name);
  return names;
}

TEST(ListingOrder, is_what_the_query_says_with_directories_first) {
  const std::vector<ListedEntry> entries = {file("b", 30, 3), file("a", 20, 1), folder("z", 5), file("c", 20, 2),
                                            folder("y", 6)};
  EXPECT_THAT(names_in_order("", entries), ElementsAre("y", "z", "a", "b", "c"));
  EXPECT_THAT(names_in_order("sort=name&order=desc", entries), ElementsAre("z", "y", "c", "b", "a"));
  EXPECT_THAT(names_in_order("sort=size", entries), ElementsAre("y", "z", "a", "c", "b"));
  EXPECT_THAT(names_in_order("order=desc&sort=size", entries), ElementsAre("y", "z", "b", "a", "c"));
  EXPECT_THAT(names_in_order("sort=mtime&order=asc", entries), ElementsAre("z", "y", "a", "c", "b"));
  EXPECT_THAT(names_in_order("sort=mtime&order=desc", entries), ElementsAre("y", "z", "b", "c", "a"));
}

TEST(ListingOrder, of_what_is_not_understood_is_the_default) {
  for (std::string_view query : {"", "sort=", "sort=colour&order=sideways", "SORT=size", "&&=&", "%"}) {
    EXPECT_EQ(listing_order(query), ListingOrder()) << query;
  }
}

TEST(ReadableSize, is_short) {
  const std::pair<uint64_t, std::string_view> cases[] = {{0, "0 B"},
                                                         {1023, "1023 B"},
                                                         {1024, "1.0 KiB"},
                                                         {1536, "1.5 KiB"},
                                                         {10239, "9.9 KiB"},
                                                         {10240, "10 KiB"},
                                                         {1048575, "1023 KiB"},
                                                         {1048576, "1.0 MiB"},
                                                         {5ull << 30, "5.0 GiB"},
                                                         {123ull << 40, "123 TiB"},
                                                         {UINT64_MAX, "15 EiB"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(readable_size(bytes), text) << bytes;
}

TEST(HtmlText, lets_nothing_end_a_tag_or_a_line) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"plain", "plain"},
      {"<script>&\"'", "&lt;script&gt;&amp;&quot;&#39;"},
      {"a\nb\tc\x7f", "a%0Ab%09c%7F"},
      {"caf\xc3\xa9", "caf\xc3\xa9"},
      {"\xff", "\xef\xbf\xbd"},
      {"\xc3", "\xef\xbf\xbd"},
      {"\xc3<", "\xef\xbf\xbd&lt;"},
      {"\xe2\x82<", "\xef\xbf\xbd\xef\xbf\xbd&lt;"},
      {"\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
  };
  for (const auto& [bytes, text] : cases) EXPECT_EQ(html_text(bytes), text);
}

TEST(HtmlListing, shows_name_size_and_time) {
  std::string page = html({folder("photos"), file("a.txt", 1536)});
  EXPECT_THAT(page, HasSubstr("<a href=\"photos/\">photos/</a>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"a.txt\">a.txt</a>"));
  EXPECT_THAT(page, HasSubstr("title=\"1,536 bytes\">1.5 KiB<"));
  EXPECT_THAT(page,
              HasSubstr("<time datetime=\"2026-11-21T12:00:00Z\" title=\"2026-11-21T12:00:00Z\">2026-11-21 12:00<"));
  EXPECT_THAT(page, HasSubstr("1 folder, 1 file, 1.5 KiB"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST(HtmlListing, encodes_names_wherever_they_stand) {
  std::string page = html({file("a\"b<c>&'d"), file("new\nline"), file("50%.txt"), file("\xff.bin"), file("a?b#c"),
                           file("javascript:alert(1)"), folder("<b>")});
  for (std::string_view part :
       {"<a href=\"a%22b%3Cc%3E%26%27d\">a&quot;b&lt;c&gt;&amp;&#39;d</a>", "<a href=\"new%0Aline\">new%0Aline</a>",
        "<a href=\"50%25.txt\">50%.txt</a>", "<a href=\"%FF.bin\">\xef\xbf\xbd.bin</a>",
        "<a href=\"a%3Fb%23c\">a?b#c</a>", "<a href=\"javascript%3Aalert%281%29\">javascript:alert(1)</a>",
        "<a href=\"%3Cb%3E/\">&lt;b&gt;/</a>"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  std::string hostile = html({}, "/<script>alert(1)</script>/\"'/");
  EXPECT_THAT(hostile, Not(HasSubstr("<script")));
  EXPECT_THAT(hostile, HasSubstr("<a href=\"/%3Cscript%3Ealert%281%29%3C/\">&lt;script&gt;alert(1)&lt;</a>"));
}

TEST(HtmlListing, leads_upwards_but_not_above_the_top) {
  EXPECT_THAT(html({}), HasSubstr("<a href=\"../\">..</a>"));
  EXPECT_THAT(html({}, "/"), Not(HasSubstr("..")));
  std::string deep = html({}, "/a/b c/d/");
  EXPECT_THAT(deep, HasSubstr("<a href=\"/\">/</a><i>\xe2\x80\xba</i><a href=\"/a/\">a</a><i>\xe2\x80\xba</i><a "
                              "href=\"/a/b%20c/\">b c</a><i>\xe2\x80\xba</i>"
                              "d</h1>"));
}

TEST(HtmlListing, links_to_the_other_orders) {
  std::string page = html({});
  EXPECT_THAT(page, HasSubstr("<th aria-sort=\"ascending\"><a href=\"?sort=name&amp;order=desc\">"));
  EXPECT_THAT(page, HasSubstr("<a href=\"?sort=size&amp;order=desc\">"));
  HtmlListing by_size("/", {ListingOrder::Key::size, true});
  EXPECT_THAT(render(by_size, {}), HasSubstr("aria-sort=\"descending\"><a href=\"?sort=size&amp;order=asc\">"));
}

TEST(HtmlListing, tells_that_there_is_nothing) { EXPECT_THAT(html({}), HasSubstr("This folder is empty.")); }

TEST(HtmlListing, shows_no_time_where_a_file_has_none) {
  EXPECT_THAT(html({file("a", 5, 0), file("b", 5, 1)}), Not(HasSubstr("<time")));
}

TEST(JsonListing, is_an_array_of_entries) {
  EXPECT_EQ(json({}), "[\n]\n");
  EXPECT_EQ(json({folder("photos"), file("a.txt", 1536)}),
            "[\n{\"name\": \"photos\", \"type\": \"directory\", \"size\": 0, \"mtime\": \"2026-11-21T12:00:00Z\"},\n"
            "{\"name\": \"a.txt\", \"type\": \"file\", \"size\": 1536, \"mtime\": \"2026-11-21T12:00:00Z\"}\n]\n");
}

TEST(JsonListing, escapes_names_and_says_where_those_without_utf8_are) {
  std::string page = json({file("a\"b\\c\nd"), file("\xff.bin"), folder("\xff")});
  EXPECT_THAT(page, HasSubstr("{\"name\": \"a\\\"b\\\\c\\u000ad\", \"type\""));
  EXPECT_THAT(page, HasSubstr("{\"name\": \"\xef\xbf\xbd.bin\", \"href\": \"%FF.bin\", \"type\""));
  EXPECT_THAT(page, HasSubstr("{\"name\": \"\xef\xbf\xbd\", \"href\": \"%FF/\", \"type\""));
}

}  // namespace
}  // namespace webserv::detail
