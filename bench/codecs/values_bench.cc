// What dates, ranges, preconditions, cookies, types, content codings and response heads cost.
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "webserv/http/accept.h"
#include "webserv/http/conditional.h"
#include "webserv/http/cookie.h"
#include "webserv/http/date.h"
#include "webserv/http/h1_writer.h"
#include "webserv/http/mime.h"
#include "webserv/http/range.h"

namespace webserv::detail {
namespace {

constexpr int64_t now = 1'795'252'800;  // 2026-11-21T09:20:00Z

void date_write(benchmark::State& state) {
  std::array<char, imf_fixdate_size> text{};
  int64_t seconds = now;
  for (auto _ : state) {
    write_imf_fixdate(text.data(), ++seconds);
    benchmark::DoNotOptimize(text);
  }
}
BENCHMARK(date_write);

void date_parse(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_http_date(text, now));
}
BENCHMARK_CAPTURE(date_parse, imf, "Sun, 06 Nov 1994 08:49:37 GMT");
BENCHMARK_CAPTURE(date_parse, rfc850, "Sunday, 06-Nov-94 08:49:37 GMT");
BENCHMARK_CAPTURE(date_parse, asctime, "Sun Nov  6 08:49:37 1994");

void range_parse(benchmark::State& state, std::string_view value) {
  for (auto _ : state) benchmark::DoNotOptimize(Ranges::parse(value, 1'000'000));
}
BENCHMARK_CAPTURE(range_parse, one, "bytes=1000-1999");
BENCHMARK_CAPTURE(range_parse, three, "bytes=0-999, 5000-5999, -1000");

void content_range(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ContentRange({1000, 1999}, 1'000'000));
}
BENCHMARK(content_range);

void preconditions(benchmark::State& state, FieldName name, std::string_view value) {
  Fields fields;
  fields.add({"", "example.org", FieldName::host});
  fields.add({"", value, name});
  Validators current{"\"5f3c8a2e91b07d46\"", 784'111'777};
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(Method::get, fields, current, now));
}
BENCHMARK_CAPTURE(preconditions, none, FieldName::accept, "*/*");
BENCHMARK_CAPTURE(preconditions, if_none_match, FieldName::if_none_match, "\"5f3c8a2e91b07d46\"");
BENCHMARK_CAPTURE(preconditions, if_modified_since, FieldName::if_modified_since, "Sun, 06 Nov 1994 08:49:37 GMT");

void cookie_find(benchmark::State& state) {
  constexpr std::string_view field = "theme=dark; lang=en; webserv_session=0123456789abcdef0123456789abcdef";
  for (auto _ : state) benchmark::DoNotOptimize(cookie_value(field, "webserv_session"));
}
BENCHMARK(cookie_find);

void mime(benchmark::State& state, std::string_view name) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(name);
    benchmark::DoNotOptimize(mime_type(name));
  }
}
BENCHMARK_CAPTURE(mime, html, "index.html");
BENCHMARK_CAPTURE(mime, webmanifest, "site.webmanifest");
BENCHMARK_CAPTURE(mime, unknown, "data.qqqq");

void coding_choice(benchmark::State& state) {
  constexpr std::array<Coding, 3> available = {Coding::zstd, Coding::br, Coding::gzip};
  Fields fields;
  fields.add({"", "gzip, deflate, br, zstd", FieldName::accept_encoding});
  for (auto _ : state) benchmark::DoNotOptimize(choose_coding(fields, available));
}
BENCHMARK(coding_choice);

void json_preference(benchmark::State& state) {
  constexpr std::string_view browser =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
  for (auto _ : state) benchmark::DoNotOptimize(prefers_json(browser));
}
BENCHMARK(json_preference);

void head_write(benchmark::State& state, Status status) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_status_line(out, status);
    append_field(out, "Content-Type", "text/html; charset=utf-8");
    append_content_length(out, 1024);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK_CAPTURE(head_write, ok, Status::ok);
BENCHMARK_CAPTURE(head_write, forbidden, Status::forbidden);

}  // namespace
}  // namespace webserv::detail
