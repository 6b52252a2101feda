#include "webserv/http/accept.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace webserv::detail {
namespace {

constexpr std::array<Coding, 3> all = {Coding::zstd, Coding::br, Coding::gzip};
constexpr std::array<Coding, 1> only_gzip = {Coding::gzip};

TEST(Quality, is_read_exactly) {
  const std::vector<std::pair<std::string_view, int>> rows = {
      {"0", 0},       {"1", 1000},     {"0.", 0},      {"1.", 1000},  {"0.0", 0},     {"0.5", 500},
      {"0.05", 50},   {"0.005", 5},    {"0.999", 999}, {"0.12", 120}, {"0.123", 123}, {"1.0", 1000},
      {"1.00", 1000}, {"1.000", 1000}, {"0.000", 0},   {"0.001", 1},
  };
  for (const auto& [text, quality] : rows) EXPECT_EQ(parse_quality(text), quality) << text;
}

TEST(Quality, is_nothing_where_it_is_malformed) {
  for (std::string_view text :
       {"",   ".",  ".5",  "2",    "00",   "01",   "10",   "1.1", "1.001", "1.0000", "0.1234", "0.0000",
        "-0", "+1", "0,5", "0.5 ", " 0.5", "0.-5", "0.5x", "0x1", "1e0",   "nan",    "\"1\"",  "0..5"}) {
    EXPECT_EQ(parse_quality(text), std::nullopt) << text;
  }
}

struct CodingRow {
  std::string_view value;
  Coding chosen;
};

TEST(AcceptEncoding, chooses_by_the_clients_quality_and_then_the_servers_order) {
  const std::vector<CodingRow> rows = {
      {"gzip, deflate, br, zstd", Coding::zstd},  // what browsers send
      {"gzip, deflate, br", Coding::br},
      {"gzip, deflate", Coding::gzip},
      {"gzip", Coding::gzip},
      {"GZip", Coding::gzip},
      {"x-gzip", Coding::gzip},
      {"X-GZIP;q=0.5", Coding::gzip},
      {"br;q=0.9, gzip, zstd;q=0.8", Coding::gzip},
      {"br;q=1.0, gzip;q=1, zstd;q=0.999", Coding::br},
      {"gzip;q=0.001", Coding::gzip},
      {"gzip ; q=0.5 , br\t;\tq=0.6", Coding::br},
      {"gzip;Q=0.5", Coding::gzip},
      {"gzip;q=0.5;", Coding::gzip},
      {"deflate, compress", Coding::identity},
      {"", Coding::identity},
      {" , ,", Coding::identity},
      {"gzip;q=0", Coding::identity},
      {"gzip;q=0.000, br;q=0, zstd;q=0", Coding::identity},
      {"gzip;q=0.1, gzip;q=0.9, br;q=0.5", Coding::gzip},  // the greatest of one coding
      {"gzip;q=0.9, gzip;q=0.1, br;q=0.5", Coding::gzip},
  };
  for (const CodingRow& row : rows) EXPECT_EQ(choose_coding(row.value, true, all), row.chosen) << row.value;
}

TEST(AcceptEncoding, chooses_identity_where_its_quality_is_higher) {
  const std::vector<CodingRow> rows = {
      {"identity", Coding::identity},
      {"identity, gzip", Coding::gzip},
      {"identity;q=1, gzip;q=0.5", Coding::identity},
      {"identity;q=0.5, gzip;q=0.5", Coding::gzip},
      {"identity;q=0.5, gzip;q=0.499", Coding::identity},
      {"Identity;q=0.5, *;q=0.1", Coding::identity},
      {"gzip;q=0.1", Coding::gzip},  // identity is not asked for
      {"identity;q=0, gzip;q=0.1", Coding::gzip},
      {"identity;q=0", Coding::identity},  // nothing is acceptable: better than no answer
      {"*;q=0", Coding::identity},
      {"identity;q=0, *;q=0", Coding::identity},
  };
  for (const CodingRow& row : rows) EXPECT_EQ(choose_coding(row.value, true, all), row.chosen) << row.value;
}

TEST(AcceptEncoding, takes_the_asterisk_for_what_is_not_named) {
  const std::vector<CodingRow> rows = {
      {"*", Coding::zstd},
      {"*;q=0.5", Coding::zstd},
      {"zstd;q=0, *", Coding::br},
      {"*, zstd;q=0, br;q=0.5", Coding::gzip},
      {"gzip;q=0.5, *;q=0.1", Coding::gzip},
      {"gzip;q=0.1, br;q=0.1, zstd;q=0.1, *;q=0.5", Coding::identity},  // identity is not named either
      {"gzip, *;q=0", Coding::gzip},
      {"br;q=0.2, *;q=0", Coding::br},
  };
  for (const CodingRow& row : rows) EXPECT_EQ(choose_coding(row.value, true, all), row.chosen) << row.value;
}

TEST(AcceptEncoding, ignores_malformed_elements) {
  const std::vector<CodingRow> rows = {
      {"gzip;q=2", Coding::identity},     {"gzip;q=0.1234", Coding::identity},
      {"gzip;q=", Coding::identity},      {"gzip;q", Coding::identity},
      {"gzip;=1", Coding::identity},      {"gzip;q=-1", Coding::identity},
      {"gzip;q=1;q=1", Coding::identity}, {"gzip;level=9", Coding::identity},
      {"gzip q=1", Coding::identity},     {"gzip;q=\"1\"", Coding::identity},
      {"gzip;q =1", Coding::identity},    {"gzip;q= 1", Coding::identity},
      {"gzipx", Coding::identity},        {"xgzip", Coding::identity},
      {"\"gzip\"", Coding::identity},     {"**", Coding::identity},
      {";q=1", Coding::identity},         {"zstd;q=9, br;q=x, gzip;q=0.5", Coding::gzip},
  };
  for (const CodingRow& row : rows) EXPECT_EQ(choose_coding(row.value, true, all), row.chosen) << row.value;
}

TEST(AcceptEncoding, absent_means_identity) {
  EXPECT_EQ(choose_coding("", false, all), Coding::identity);
  EXPECT_EQ(choose_coding("gzip", false, all), Coding::identity);
  EXPECT_EQ(choose_coding(Fields(), all), Coding::identity);
}

TEST(AcceptEncoding, chooses_among_what_there_is) {
  EXPECT_EQ(choose_coding("br, gzip;q=0.1", true, only_gzip), Coding::gzip);
  EXPECT_EQ(choose_coding("br, zstd", true, only_gzip), Coding::identity);
  EXPECT_EQ(choose_coding("*", true, {}), Coding::identity);
}

TEST(AcceptEncoding, joins_repeated_fields) {
  Fields fields;
  fields.add({"Accept-Encoding", "gzip;q=0.5", FieldName::accept_encoding});
  fields.add({"Accept", "zstd", FieldName::accept});
  fields.add({"Accept-Encoding", "br;q=0.6", FieldName::accept_encoding});
  EXPECT_EQ(choose_coding(fields, all), Coding::br);
}

TEST(AcceptEncoding, tells_the_quality_of_each_coding) {
  AcceptedCodings accepted;
  EXPECT_EQ(accepted.quality(Coding::gzip), 0);
  accepted.add("gzip;q=0.5, *;q=0.2, br;q=0");
  EXPECT_EQ(accepted.quality(Coding::gzip), 500);
  EXPECT_EQ(accepted.quality(Coding::br), 0);
  EXPECT_EQ(accepted.quality(Coding::zstd), 200);
  EXPECT_EQ(accepted.quality(Coding::identity), 200);
}

TEST(Coding, has_the_name_of_its_registration) {
  EXPECT_EQ(name_of(Coding::identity), "identity");
  EXPECT_EQ(name_of(Coding::gzip), "gzip");
  EXPECT_EQ(name_of(Coding::br), "br");
  EXPECT_EQ(name_of(Coding::zstd), "zstd");
}

struct MediaRow {
  std::string_view accept;
  std::string_view type;
  int quality;
};

TEST(Accept, gives_a_type_the_quality_of_its_most_specific_range) {
  constexpr std::string_view rfc = "text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, */*;q=0.5";
  const std::vector<MediaRow> rows = {
      {rfc, "text/plain", 700},
      {rfc, "text/html", 300},
      {rfc, "image/jpeg", 500},
      {"text/html", "text/html", 1000},
      {"TEXT/Html", "text/html", 1000},
      {"text/html", "text/plain", 0},
      {"text/html;q=0.123", "text/html", 123},
      {"text/html;q=0, */*", "text/html", 0},
      {"*/*, text/html;q=0", "text/html", 0},
      {"text/*;q=0, */*", "text/html", 0},
      {"Text/*;q=0.5", "text/html", 500},
      {"text/html, text/html;q=0.5", "text/html", 1000},
      {"application/json; charset=utf-8", "application/json", 1000},
      {"application/json;indent=2;q=0.4", "application/json", 400},
      {"application/json;q=0.4;indent=2", "application/json", 400},  // the weight is the weight wherever it stands
      {"application/json;v=\"a;q=0.1,b\";q=0.3", "application/json", 300},
      {"text/html;level=1;q=0.9, text/html;q=0.2", "text/html", 200},
      {"", "text/html", 1000},
      {"  ", "text/html", 1000},
      {",", "text/html", 0},
  };
  for (const MediaRow& row : rows) EXPECT_EQ(media_quality(row.accept, row.type), row.quality) << row.accept;
}

TEST(Accept, ignores_malformed_ranges) {
  for (std::string_view accept :
       {"text", "html", "*", "*/html", "text/", "/html", "text/*x", "text/**", "text/html;q=2", "text/html;q",
        "text/html;", "tex*/html", "xtext/*", "tex/*", "textt/*", "text/html/*", "text /html", "\"text/html\""}) {
    int expected = accept == "text/html;" ? 1000 : 0;  // an empty parameter is none
    EXPECT_EQ(media_quality(accept, "text/html"), expected) << accept;
  }
  EXPECT_EQ(media_quality("text/html;q=5, text/*;q=0.5", "text/html"), 500);
}

struct JsonRow {
  std::string_view accept;
  bool json;
};

TEST(Accept, tells_whether_json_is_preferred_to_html) {
  const std::vector<JsonRow> rows = {
      {"application/json", true},
      {"application/json; charset=utf-8", true},
      {"Application/JSON", true},
      {"application/json, text/plain, */*", true},  // axios: named, so preferred
      {"application/json, */*;q=0.1", true},
      {"text/html;q=0.5, application/json", true},
      {"application/*, */*;q=0.8", true},
      {"text/html;q=0, */*", true},
      {"", false},
      {"*/*", false},                                                                         // curl
      {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", false},  // browsers
      {"text/html, application/json", false},
      {"application/json, text/html", false},
      {"application/json;q=0.9, text/html", false},
      {"application/json;q=0.5, */*", false},
      {"application/json;q=0", false},
      {"application/json;q=0, text/html;q=0", false},
      {"text/*, application/*", false},
      {"image/png", false},
      {"garbage", false},
      {"application/jsonx", false},
      {"application/ld+json", false},
  };
  for (const JsonRow& row : rows) EXPECT_EQ(prefers_json(row.accept), row.json) << row.accept;
  EXPECT_TRUE(prefers("text/plain", "text/plain", "text/html"));
  EXPECT_FALSE(prefers("text/*", "text/plain", "text/html"));
}

}  // namespace
}  // namespace webserv::detail
