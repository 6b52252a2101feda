// What it costs to read HTTP/1: heads, targets and hosts, framing and chunked bodies.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <string_view>

#include "webserv/base/text.h"
#include "webserv/http/chunk_decoder.h"
#include "webserv/http/framing.h"
#include "webserv/http/h1_parser.h"
#include "webserv/http/scan.h"
#include "webserv/http/uri.h"

namespace webserv::detail {
namespace {

constexpr std::string_view curl_head =
    "GET /small.html HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "User-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n"
    "\r\n";

constexpr std::string_view siege_head =
    "GET /small.html HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "User-Agent: siege/4.0\r\n"
    "Accept: */*\r\n"
    "Connection: keep-alive\r\n"
    "\r\n";

constexpr std::string_view browser_head =
    "GET /articles/2024/index.html?utm_source=feed&id=12 HTTP/1.1\r\n"
    "Host: www.example.com\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Referer: http://www.example.com/articles/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Sec-Fetch-Site: same-origin\r\n"
    "Priority: u=0, i\r\n"
    "\r\n";

void set_bytes(benchmark::State& state, size_t size) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * static_cast<int64_t>(size));
}

void head_parse(benchmark::State& state, std::string_view bytes) {
  RequestParser parser;
  RequestHead head;
  for (auto _ : state) {
    parser.reset();
    benchmark::DoNotOptimize(parser.parse(bytes, head));
  }
  set_bytes(state, bytes.size());
}
BENCHMARK_CAPTURE(head_parse, curl, curl_head);
BENCHMARK_CAPTURE(head_parse, siege, siege_head);
BENCHMARK_CAPTURE(head_parse, browser, browser_head);

// The worst that a client can do to the parser: every byte in a packet of its own.
void head_byte_by_byte(benchmark::State& state, std::string_view bytes) {
  RequestParser parser;
  RequestHead head;
  for (auto _ : state) {
    parser.reset();
    for (size_t size = 1; size <= bytes.size(); ++size)
      benchmark::DoNotOptimize(parser.parse(bytes.substr(0, size), head));
  }
  set_bytes(state, bytes.size());
}
BENCHMARK_CAPTURE(head_byte_by_byte, browser, browser_head);

void target_parse(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_target(Method::get, text));
}
BENCHMARK_CAPTURE(target_parse, path, "/small.html");
BENCHMARK_CAPTURE(target_parse, query, "/articles/2024/index.html?utm_source=feed&id=12");
BENCHMARK_CAPTURE(target_parse, absolute, "http://www.example.com:8080/articles/2024/index.html");

void path_normalize(benchmark::State& state, std::string_view path) {
  std::string scratch;
  for (auto _ : state) benchmark::DoNotOptimize(normalize_path(path, scratch));
}
BENCHMARK_CAPTURE(path_normalize, plain, "/small.html");
BENCHMARK_CAPTURE(path_normalize, long_plain, "/articles/2024/november/a-rather-long-name-of-a-page.html");
BENCHMARK_CAPTURE(path_normalize, encoded, "/articles/./2024//%c3%a4pfel%20und%20birnen/../index.html");

void host_normalize(benchmark::State& state, std::string_view authority) {
  std::string scratch;
  for (auto _ : state) benchmark::DoNotOptimize(normalize_host(authority, scratch));
}
BENCHMARK_CAPTURE(host_normalize, address, "127.0.0.1:8080");
BENCHMARK_CAPTURE(host_normalize, name, "www.example.com");
BENCHMARK_CAPTURE(host_normalize, upper_case, "WWW.Example.com.:8080");
BENCHMARK_CAPTURE(host_normalize, ipv6, "[2001:db8::7]:8080");

void framing_find(benchmark::State& state, std::string_view field) {
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(field) + "\r\n\r\n";
  RequestParser parser;
  RequestHead head;
  if (!parser.parse(bytes, head).value_or(false)) state.SkipWithError("no head");
  for (auto _ : state) benchmark::DoNotOptimize(request_framing(head));
}
BENCHMARK_CAPTURE(framing_find, none, "X: y");
BENCHMARK_CAPTURE(framing_find, length, "Content-Length: 65536");
BENCHMARK_CAPTURE(framing_find, chunked, "Transfer-Encoding: chunked");

// 64 KiB of payload in chunks of state.range(0) bytes.
void chunks_decode(benchmark::State& state) {
  constexpr size_t payload = 64 * 1024;
  const auto size = static_cast<size_t>(state.range(0));
  std::string body;
  for (size_t left = payload; left > 0; left -= size) {
    append_hex(body, size, 4);
    body.append("\r\n").append(size, 'x').append("\r\n");
  }
  body += "0\r\n\r\n";
  for (auto _ : state) {
    ChunkDecoder decoder;
    std::string_view rest = body;
    bool done = false;
    while (!done) {
      auto piece = decoder.decode(rest);
      if (!piece) return state.SkipWithError("refused");
      rest.remove_prefix(piece->consumed);
      done = piece->done;
    }
  }
  set_bytes(state, payload);
}
BENCHMARK(chunks_decode)->Arg(16)->Arg(1024)->Arg(16 * 1024);

// A field's value of 100 bytes: what the blocks are for.
void value_scan(benchmark::State& state, const char* (*scan_value)(const scan::Text&, const char*)) {
  const std::string value(100, 'v');
  for (auto _ : state) {
    scan::Text text(value);
    benchmark::DoNotOptimize(scan_value(text, value.data()));
  }
}
const char* scan_blocks(const scan::Text& text, const char* at) { return text.first_other<scan::FieldValue>(at); }
const char* scan_words(const scan::Text& text, const char* at) { return text.skip_by_8<scan::FieldValue>(at); }
const char* scan_bytes(const scan::Text& text, const char* at) { return text.skip_one_by_one<scan::FieldValue>(at); }
BENCHMARK_CAPTURE(value_scan, blocks, scan_blocks);
BENCHMARK_CAPTURE(value_scan, words, scan_words);
BENCHMARK_CAPTURE(value_scan, bytes, scan_bytes);

void utf8_check(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(is_utf8(text));
}
BENCHMARK_CAPTURE(utf8_check, ascii, "/articles/2024/november/a-rather-long-name-of-a-page.html");
BENCHMARK_CAPTURE(utf8_check, mixed, "/\xc3\xa4pfel/b\xc3\xa4rnen/\xe4\xbd\xa0\xe5\xa5\xbd/und-so-weiter.html");

}  // namespace
}  // namespace webserv::detail
