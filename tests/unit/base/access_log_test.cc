#include "webserv/base/access_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

namespace webserv::detail {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A log over a file in memory.
class AccessLogTest : public testing::Test {
 protected:
  ~AccessLogTest() override { close(file_); }

  std::string written() const {
    std::string text(4 << 20, '\0');
    text.resize(static_cast<size_t>(pread(file_, text.data(), text.size(), 0)));
    return text;
  }
  std::string line_of(AccessFormat format, const AccessRecord& record) {
    EXPECT_EQ(ftruncate(file_, 0), 0);
    EXPECT_EQ(lseek(file_, 0, SEEK_SET), 0);
    AccessLog log(sink_, format);
    log.add(record, now_);
    log.flush();
    return written();
  }

  const int file_ = memfd_create("access.log", MFD_CLOEXEC);
  LineSink sink_{file_};
  const Clock::time_point now_{1000ms};
};

AccessRecord typical() {
  AccessRecord record;
  record.unix_microseconds = 1'795'253'580'123'456;
  record.request_id = {0x0123'4567'89ab'cdef, 0xfedc'ba98'7654'3210};
  record.vhost = "mysite.local";
  record.route = "/";
  record.listener = "http";
  record.remote_addr = "192.0.2.7";
  record.method = "GET";
  record.target = "/index.html?a=b";
  record.http_version = "1.1";
  record.status = 200;
  record.user_agent = "curl/7.88.1";
  record.referer = "https://example.org/";
  record.request_bytes = 0;
  record.response_bytes = 12345;
  record.duration_microseconds = 678;
  return record;
}

TEST_F(AccessLogTest, json_has_a_key_for_each_fact) {
  AccessRecord record = typical();
  record.error = "the file shrank";
  EXPECT_EQ(line_of(AccessFormat::json, record),
            R"({"time":"2026-11-21T09:33:00.123456Z","level":"info","event":"request",)"
            R"("request_id":"0123456789abcdeffedcba9876543210","vhost":"mysite.local","route":"/","listener":"http",)"
            R"("remote_addr":"192.0.2.7","http_method":"GET","http_target":"/index.html?a=b","http_version":"1.1",)"
            R"("http_status":200,"http_user_agent":"curl/7.88.1","http_referer":"https://example.org/",)"
            R"("request_bytes":0,"response_bytes":12345,"duration_usec":678,"error":"the file shrank"})"
            "\n");
}

TEST_F(AccessLogTest, json_tells_what_only_some_requests_have) {
  AccessRecord record;
  const std::vector<std::pair<std::string_view, uint64_t>> more = {{"cgi_exit", 143}, {"cgi_memory_peak", UINT64_MAX}};
  record.more = more;
  EXPECT_THAT(line_of(AccessFormat::json, record),
              HasSubstr(R"("duration_usec":0,"cgi_exit":143,"cgi_memory_peak":18446744073709551615})"));
  EXPECT_THAT(line_of(AccessFormat::combined, record), Not(HasSubstr("143")));
}

TEST_F(AccessLogTest, json_leaves_out_what_is_empty) {
  EXPECT_EQ(line_of(AccessFormat::json, AccessRecord()),
            R"({"time":"1970-01-01T00:00:00.000000Z","level":"info","event":"request",)"
            R"("request_bytes":0,"response_bytes":0,"duration_usec":0})"
            "\n");
}

TEST_F(AccessLogTest, combined_is_apaches) {
  EXPECT_EQ(line_of(AccessFormat::combined, typical()),
            R"(192.0.2.7 - - [21/Nov/2026:09:33:00 +0000] "GET /index.html?a=b HTTP/1.1" 200 12345 )"
            R"("https://example.org/" "curl/7.88.1")"
            "\n");
  EXPECT_EQ(line_of(AccessFormat::combined, AccessRecord()),
            "- - - [01/Jan/1970:00:00:00 +0000] \"-\" - - \"-\" \"-\"\n");
}

TEST_F(AccessLogTest, what_a_client_sends_stays_inside_its_quotes) {
  AccessRecord record = typical();
  record.method = "G\"T";
  record.target = "/\r\n192.0.2.8 - -";
  record.user_agent = "a\"} {\"b\\";
  record.referer = "\x1b[2J\xff";
  const std::string combined = line_of(AccessFormat::combined, record);
  EXPECT_THAT(combined,
              HasSubstr(R"("G\x22T /\x0d\x0a192.0.2.8 - - HTTP/1.1" 200 12345 "\x1b[2J\xff" "a\x22} {\x22b\x5c")"));
  const std::string json = line_of(AccessFormat::json, record);
  EXPECT_THAT(json, HasSubstr(R"("http_method":"G\"T","http_target":"/\u000d\u000a192.0.2.8 - -")"));
  EXPECT_THAT(json, HasSubstr(R"("http_user_agent":"a\"} {\"b\\")"));
  EXPECT_THAT(json, HasSubstr("\"http_referer\":\"\\u001b[2J\ufffd\""));
  for (const std::string& line : {combined, json}) EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST_F(AccessLogTest, time_follows_each_record_across_seconds_and_back) {
  AccessLog log(sink_, AccessFormat::json);
  AccessRecord record;
  for (int64_t time : {1'999'999, 2'000'000, 2'000'001, 1'000'000, 61'000'000, -5}) {
    record.unix_microseconds = time;
    log.add(record, now_);
  }
  log.flush();
  std::vector<std::string> times;
  const std::string text = written();
  for (size_t at = 0; (at = text.find("1970-", at)) != std::string::npos; ++at)
    times.push_back(text.substr(at + 11, 16));
  EXPECT_THAT(times, testing::ElementsAre("00:00:01.999999Z", "00:00:02.000000Z", "00:00:02.000001Z",
                                          "00:00:01.000000Z", "00:01:01.000000Z", "00:00:00.000000Z"));
}

TEST_F(AccessLogTest, lines_wait_for_others_but_not_long) {
  AccessLog log(sink_, AccessFormat::combined);
  EXPECT_EQ(log.due(), Clock::time_point::max());
  log.add(typical(), now_);
  log.add(typical(), now_ + 100ms);
  EXPECT_EQ(log.due(), now_ + AccessLog::longest_delay);
  EXPECT_EQ(written(), "");
  log.flush();
  EXPECT_EQ(log.due(), Clock::time_point::max());
  EXPECT_EQ(std::ranges::count(written(), '\n'), 2);
  log.add(typical(), now_ + 500ms);
  EXPECT_EQ(log.due(), now_ + 500ms + AccessLog::longest_delay);
}

TEST_F(AccessLogTest, a_full_buffer_is_written_at_once) {
  AccessLog log(sink_, AccessFormat::json);
  for (size_t i = 0; i < 1000 && written().empty(); ++i) log.add(typical(), now_);
  const std::string text = written();
  EXPECT_GT(text.size(), AccessLog::flush_above);
  EXPECT_LT(text.size(), AccessLog::flush_above + 1024);
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(log.due(), Clock::time_point::max());
}

TEST_F(AccessLogTest, a_line_may_be_longer_than_the_buffer) {
  const std::string target = "/" + std::string(200'000, '\x01');
  AccessLog log(sink_, AccessFormat::json);
  AccessRecord record = typical();
  log.add(record, now_);
  record.target = target;
  log.add(record, now_);
  record.target = "/last";
  log.add(record, now_);
  log.flush();
  const std::string text = written();
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
  EXPECT_GT(text.size(), 6 * 200'000U);
  EXPECT_THAT(text.substr(text.size() - 400), HasSubstr("\"/last\""));
}

TEST_F(AccessLogTest, what_waits_at_the_end_is_written) {
  { AccessLog(sink_, AccessFormat::json).add(typical(), now_); }
  EXPECT_EQ(std::ranges::count(written(), '\n'), 1);
}

TEST_F(AccessLogTest, off_writes_nothing) {
  AccessLog log(sink_, AccessFormat::off);
  EXPECT_FALSE(log.on());
  log.add(typical(), now_);
  log.flush();
  EXPECT_EQ(log.due(), Clock::time_point::max());
  EXPECT_EQ(written(), "");
}

TEST_F(AccessLogTest, changes_its_format) {
  AccessLog log(sink_, AccessFormat::json);
  log.add(typical(), now_);
  log.use(AccessFormat::combined);
  log.add(typical(), now_);
  log.use(AccessFormat::off);
  log.add(typical(), now_);
  EXPECT_FALSE(log.on());
  log.use(AccessFormat::json);
  log.add(typical(), now_);
  log.flush();
  const std::string all = written();
  const std::string json = line_of(AccessFormat::json, typical());
  EXPECT_EQ(all, json + line_of(AccessFormat::combined, typical()) + json);
}

}  // namespace
}  // namespace webserv::detail
