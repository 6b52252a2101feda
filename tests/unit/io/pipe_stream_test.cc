#include "webserv/io/pipe_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <memory>
#include <string>

#include "support/temporary_folder.h"
#include "webserv/io/temporary_file.h"

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct PipeStreamTest : testing::Test {
  FakeClock clock;
  Loop loop{clock};
  std::unique_ptr<PipeStream> reading;
  std::unique_ptr<PipeStream> writing;
  std::string heard;
  Error error{};

  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    std::array<int, 2> ends;
    ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
    reading = std::make_unique<PipeStream>(loop, Fd(ends[0]));
    writing = std::make_unique<PipeStream>(loop, Fd(ends[1]));
  }
  void TearDown() override { ::signal(SIGPIPE, SIG_DFL); }

  Task<> read(int times) {
    std::array<char, 4096> some;
    for (int i = 0; i < times; ++i) {
      Result<size_t> got = co_await reading->read_some(some);
      if (!got) {
        error = got.error();
        co_return;
      }
      heard.append(some.data(), *got).append("|");
    }
  }
  Task<> write(std::string text) {
    Result<> written = co_await writing->write_all(text);
    if (!written) error = written.error();
  }
  void turn() { loop.turn(milliseconds(0)); }
};

TEST_F(PipeStreamTest, reads_what_comes_and_then_the_end) {
  Task<> task = read(3);
  task.start();
  EXPECT_EQ(heard, "");
  Task<> one = write("one");
  one.start();
  turn();
  Task<> two = write("two");
  two.start();
  writing->end_output();
  turn();
  EXPECT_EQ(heard, "one|two||");
  EXPECT_TRUE(task.done());
}

TEST_F(PipeStreamTest, reads_the_end_behind_what_was_left) {
  Task<> last = write("last");
  last.start();
  writing->close();
  Task<> task = read(2);
  task.start();
  turn();
  EXPECT_EQ(heard, "last||");
}

TEST_F(PipeStreamTest, reads_what_is_left_before_the_loop_has_told_of_it) {
  Task<> task = read(1);
  task.start();
  turn();
  Task<> last = write("last words");
  last.start();
  std::array<char, 4096> some;
  EXPECT_EQ(reading->read_now(some).wait, Wait::readable);
  size_t got = reading->read_left(some);
  EXPECT_EQ(std::string_view(some.data(), got), "last words");
  EXPECT_EQ(reading->read_left(some), 0u);
  writing->close();
  EXPECT_EQ(reading->read_left(some), 0u);
}

TEST_F(PipeStreamTest, waits_until_there_is_room) {
  std::string much(1'000'000, 'x');
  Task<> task = write(much);
  task.start();
  EXPECT_FALSE(task.done());
  size_t total = 0;
  std::array<char, 65536> some;
  while (total < much.size()) {
    ssize_t got = ::read(reading->fd(), some.data(), some.size());
    ASSERT_GT(got, 0);
    total += static_cast<size_t>(got);
    turn();
  }
  EXPECT_TRUE(task.done());
  EXPECT_EQ(error, Error{});
}

TEST_F(PipeStreamTest, tells_that_nobody_reads) {
  std::string much(1'000'000, 'x');
  Task<> task = write(much);
  task.start();
  reading->close();
  turn();
  EXPECT_TRUE(task.done());
  EXPECT_EQ(error, Error::broken_pipe);
}

TEST_F(PipeStreamTest, ends_a_wait_at_its_deadline_and_when_it_fails) {
  reading->reading().expires_in(seconds(1));
  Task<> task = read(1);
  task.start();
  clock.advance(seconds(2));
  turn();
  EXPECT_EQ(error, Error::timed_out);
  Task<> other = read(1);
  other.start();
  reading->fail(Error::operation_canceled);
  EXPECT_EQ(error, Error::operation_canceled);
}

TEST_F(PipeStreamTest, goes_one_way_alone) {
  std::swap(reading, writing);
  Task<> reads = read(1);
  reads.start();
  EXPECT_EQ(error, Error::bad_file_descriptor);
  error = {};
  Task<> writes = write("x");
  writes.start();
  EXPECT_EQ(error, Error::bad_file_descriptor);
}

TEST_F(PipeStreamTest, fails_after_it_was_closed) {
  writing->end_output();
  Task<> task = write("x");
  task.start();
  EXPECT_EQ(error, Error::bad_file_descriptor);
}

TEST_F(PipeStreamTest, sends_a_part_of_a_file) {
  test::TemporaryFolder folder;
  Result<TemporaryFile> file = TemporaryFile::make(folder.path());
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->append("0123456789"));
  auto send = [](PipeStream& to, int fd) -> Task<> {
    Result<> sent = co_await to.send_file(fd, 2, 5);
    EXPECT_TRUE(sent);
    Result<> beyond = co_await to.send_file(fd, 8, 5);
    EXPECT_EQ(beyond.error(), Error::io_error);
  };
  Task<> sending = send(*writing, file->rewound().value());
  sending.start();
  EXPECT_TRUE(sending.done());
  Task<> task = read(1);
  task.start();
  EXPECT_EQ(heard, "2345689|");
}

}  // namespace
}  // namespace webserv::detail
