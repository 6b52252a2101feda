#include "webserv/io/stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

namespace webserv::detail {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct SocketStreamTest : testing::Test {
  FakeClock clock;
  Loop loop{clock};
  Fd other;
  std::unique_ptr<SocketStream> stream;
  std::array<char, 64> buffer{};

  void SetUp() override {
    std::array<int, 2> ends;
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    stream = std::make_unique<SocketStream>(loop, Fd(ends[0]));
    other = Fd(ends[1]);
  }
  void say(std::string_view text) {
    ASSERT_EQ(::write(other.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string hear() {
    std::string all;
    std::array<char, 65536> some;
    for (ssize_t got; (got = ::read(other.get(), some.data(), some.size())) > 0;) {
      all.append(some.data(), static_cast<size_t>(got));
    }
    return all;
  }
  void turn() { loop.turn(milliseconds(0)); }
};

Task<> read_into(Stream& stream, std::span<char> into, std::string& heard, Error& error, int times = 1) {
  for (int i = 0; i < times; ++i) {
    Result<size_t> got = co_await stream.read_some(into);
    if (!got) {
      error = got.error();
      co_return;
    }
    heard.append(into.data(), *got).append("|");
  }
}

TEST_F(SocketStreamTest, reads_what_is_there_and_waits_for_more) {
  std::string heard;
  Error error{};
  say("one");
  Task<> task = read_into(*stream, buffer, heard, error, 2);
  task.start();
  EXPECT_EQ(heard, "one|");
  say("two");
  turn();
  EXPECT_EQ(heard, "one|two|");
  EXPECT_TRUE(task.done());
}

TEST_F(SocketStreamTest, tells_the_end_once_all_is_read) {
  std::string heard;
  Error error{};
  say("last");
  ASSERT_EQ(::shutdown(other.get(), SHUT_WR), 0);
  Task<> task = read_into(*stream, buffer, heard, error, 2);
  task.start();
  turn();
  EXPECT_EQ(heard, "last||");
}

TEST_F(SocketStreamTest, ends_a_wait_at_its_deadline_and_works_on) {
  std::string heard;
  Error error{};
  stream->reading().expires_in(seconds(5));
  Task<> task = read_into(*stream, buffer, heard, error);
  task.start();
  clock.advance(seconds(4));
  turn();
  EXPECT_EQ(error, Error{});
  clock.advance(seconds(2));
  turn();
  EXPECT_EQ(error, Error::timed_out);
  say("late");
  error = {};
  Task<> again = read_into(*stream, buffer, heard, error);
  again.start();
  turn();
  EXPECT_EQ(heard, "late|");
}

Task<> write_to(Stream& stream, std::string_view bytes, Result<>& result) { result = co_await stream.write_all(bytes); }

Task<> read_then_write(Stream& stream, std::span<char> into, std::string_view bytes, Result<>& result) {
  Result<size_t> got = co_await stream.read_some(into);
  EXPECT_EQ(got.has_value() ? Error{} : got.error(), Error::timed_out);
  stream.writing().expires_in(seconds(5));
  result = co_await stream.write_all(bytes);
}

TEST_F(SocketStreamTest, does_not_end_what_was_begun_because_of_the_end) {
  std::string large(3'000'000, 'x');
  Result<> result = std::unexpected(Error::io_error);
  stream->reading().expires_in(seconds(1));
  Task<> task = read_then_write(*stream, buffer, large, result);
  task.start();
  clock.advance(seconds(2));
  turn();
  EXPECT_FALSE(task.done());
  for (int i = 0; i < 1000 && !task.done(); ++i) {
    hear();
    turn();
  }
  EXPECT_TRUE(result);
}

// Which of the two is longer must not matter: a deadline is that of its lane.
TEST_F(SocketStreamTest, each_lane_keeps_its_own_time) {
  for (bool reader_is_first : {true, false}) {
    SetUp();
    std::string heard;
    Error error{};
    std::string large(3'000'000, 'x');
    Result<> result;
    stream->reading().expires_in(seconds(reader_is_first ? 5 : 50));
    stream->writing().expires_in(seconds(reader_is_first ? 50 : 5));
    Task<> reader = read_into(*stream, buffer, heard, error);
    Task<> writer = write_to(*stream, large, result);
    reader.start();
    writer.start();
    clock.advance(seconds(6));
    turn();
    EXPECT_EQ(reader.done(), reader_is_first);
    EXPECT_EQ(writer.done(), !reader_is_first);
    clock.advance(seconds(40));
    turn();
    EXPECT_FALSE(reader.done() && writer.done());
    clock.advance(seconds(6));
    turn();
    EXPECT_EQ(error, Error::timed_out);
    EXPECT_EQ(result, Result<>(std::unexpected(Error::timed_out)));
  }
}

TEST_F(SocketStreamTest, a_pause_in_one_lane_is_none_in_the_other) {
  std::string heard;
  Error error{};
  std::string large(3'000'000, 'x');
  Result<> result;
  stream->reading().expires_after_pause(seconds(30));
  stream->writing().expires_after_pause(seconds(30));
  Task<> reader = read_into(*stream, buffer, heard, error, 1000);
  Task<> writer = write_to(*stream, large, result);
  reader.start();
  writer.start();
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(writer.done());
    clock.advance(seconds(8));
    say("x");
    turn();
  }
  EXPECT_TRUE(writer.done()) << "what the peer says is no progress of what it takes";
  EXPECT_EQ(result, Result<>(std::unexpected(Error::timed_out)));
  EXPECT_FALSE(reader.done());
  EXPECT_EQ(heard, "x|x|x|x|");
}

TEST_F(SocketStreamTest, an_error_is_that_of_its_lane) {
  std::string heard;
  Error error{};
  std::string large(3'000'000, 'x');
  Result<> result;
  stream->writing().expires_in(seconds(1));
  Task<> writer = write_to(*stream, large, result);
  writer.start();
  clock.advance(seconds(2));
  turn();
  EXPECT_EQ(result, Result<>(std::unexpected(Error::timed_out)));
  say("still there");
  Task<> reader = read_into(*stream, buffer, heard, error);
  reader.start();
  turn();
  EXPECT_EQ(heard, "still there|");
}

TEST_F(SocketStreamTest, a_time_that_passed_while_nothing_waited_ends_the_next_wait) {
  std::string heard;
  Error error{};
  stream->reading().expires_in(seconds(1));
  clock.advance(seconds(2));
  turn();
  say("x");
  turn();
  Task<> ready = read_into(*stream, buffer, heard, error);
  ready.start();
  EXPECT_EQ(heard, "x|") << "nothing had to wait";
  Task<> late = read_into(*stream, buffer, heard, error);
  late.start();
  ASSERT_TRUE(late.done());
  EXPECT_EQ(error, Error::timed_out);
  Task<> next = read_into(*stream, buffer, heard, error);
  next.start();
  EXPECT_FALSE(next.done()) << "one wait was ended";
}

TEST_F(SocketStreamTest, a_write_that_was_given_up_is_the_last) {
  std::string large(3'000'000, 'x');
  Result<> result;
  {
    Task<> task = write_to(*stream, large, result);
    task.start();
  }
  while (!hear().empty()) turn();
  Task<> again = write_to(*stream, "another answer", result);
  again.start();
  ASSERT_TRUE(again.done());
  EXPECT_EQ(result, Result<>(std::unexpected(Error::operation_canceled)));
  EXPECT_EQ(hear(), "");
}

using SocketStreamDeathTest = SocketStreamTest;

TEST_F(SocketStreamDeathTest, names_what_was_broken) {
  std::string heard;
  Error error{};
  Task<> first = read_into(*stream, buffer, heard, error);
  first.start();
  Task<> second = read_into(*stream, buffer, heard, error);
  EXPECT_DEATH(second.start(), "another one waits");
  turn();
  EXPECT_DEATH(std::thread([&] { stream->fail(Error::io_error); }).join(), "not the loop's own");
}

TEST_F(SocketStreamTest, writes_all_of_more_than_the_peer_takes_at_once) {
  std::string large(3'000'000, 'x');
  Result<> result = std::unexpected(Error::io_error);
  Task<> task = write_to(*stream, large, result);
  task.start();
  EXPECT_FALSE(task.done());
  size_t heard = 0;
  for (int i = 0; i < 1000 && !task.done(); ++i) {
    heard += hear().size();
    turn();
  }
  heard += hear().size();
  EXPECT_TRUE(result);
  EXPECT_EQ(heard, large.size());
}

TEST_F(SocketStreamTest, progress_moves_a_pause_but_silence_does_not) {
  std::string large(3'000'000, 'x');
  Result<> result;
  stream->writing().expires_after_pause(seconds(10));
  Task<> task = write_to(*stream, large, result);
  task.start();
  for (int i = 0; i < 3; ++i) {
    clock.advance(seconds(9));
    std::array<char, 200'000> some;
    ASSERT_GT(::read(other.get(), some.data(), some.size()), 0);
    turn();
    EXPECT_FALSE(task.done());
  }
  clock.advance(seconds(11));
  turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(result.error(), Error::timed_out);
}

TEST_F(SocketStreamTest, a_pause_counts_anew_where_it_passed_while_nothing_waited) {
  std::string heard;
  Error error{};
  stream->reading().expires_after_pause(seconds(10));
  clock.advance(seconds(11));
  turn();
  Task<> task = read_into(*stream, buffer, heard, error);
  task.start();
  clock.advance(seconds(9));
  turn();
  EXPECT_FALSE(task.done());
  clock.advance(seconds(2));
  turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(error, Error::timed_out);
}

// Less than makes the kernel tell of room (a quarter of the queue has to be left), and then nothing.
TEST_F(SocketStreamTest, a_peer_that_takes_little_is_no_peer_that_takes_nothing) {
  const int room = 1 << 20;
  ASSERT_EQ(::setsockopt(stream->fd(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room), 0);
  std::string large(3'000'000, 'x');
  Result<> result;
  stream->writing().expires_after_pause(seconds(10));
  Task<> task = write_to(*stream, large, result);
  task.start();
  std::array<char, 60'000> little;
  for (int i = 0; i < 3; ++i) {
    ASSERT_GT(::read(other.get(), little.data(), little.size()), 0);
    clock.advance(seconds(11));
    turn();
    ASSERT_FALSE(task.done()) << i;
  }
  clock.advance(seconds(9));
  turn();
  EXPECT_FALSE(task.done());
  clock.advance(seconds(2));
  turn();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(result.error(), Error::timed_out);
}

// Half of something is there: whatever would follow it would be taken for the rest.
TEST_F(SocketStreamTest, writes_nothing_behind_what_was_cut_off) {
  std::string large(3'000'000, 'x');
  Result<> result;
  stream->writing().expires_in(seconds(1));
  Task<> task = write_to(*stream, large, result);
  task.start();
  clock.advance(seconds(2));
  turn();
  EXPECT_EQ(result.error(), Error::timed_out);
  while (!hear().empty()) turn();
  Task<> again = write_to(*stream, "another answer", result);
  again.start();
  ASSERT_TRUE(again.done());
  EXPECT_EQ(result.error(), Error::timed_out);
  EXPECT_EQ(hear(), "");
}

Task<> write_pieces(Stream& stream, std::span<iovec> pieces, Result<>& result) {
  result = co_await stream.write_all(pieces);
}

TEST_F(SocketStreamTest, writes_pieces_in_order_and_skips_empty_ones) {
  std::string a = "head ";
  std::string c = "body";
  std::array<iovec, 4> pieces{iovec{a.data(), a.size()}, iovec{nullptr, 0}, iovec{c.data(), c.size()},
                              iovec{nullptr, 0}};
  Result<> result = std::unexpected(Error::io_error);
  Task<> task = write_pieces(*stream, pieces, result);
  task.start();
  EXPECT_TRUE(result);
  EXPECT_EQ(hear(), "head body");
}

Task<> send(Stream& stream, int fd, size_t length, Result<>& result) {
  result = co_await stream.send_file(fd, 2, length);
}

TEST_F(SocketStreamTest, sends_a_part_of_a_file_and_tells_when_it_has_become_shorter) {
  std::string name = testing::TempDir() + "stream_test_XXXXXX";
  Fd file(mkstemp(name.data()));
  ASSERT_TRUE(file);
  ASSERT_EQ(::write(file.get(), "0123456789", 10), 10);
  Result<> result = std::unexpected(Error::io_error);
  Task<> task = send(*stream, file.get(), 5, result);
  task.start();
  EXPECT_TRUE(result);
  EXPECT_EQ(hear(), "23456");
  Task<> longer = send(*stream, file.get(), 100, result);
  longer.start();
  ASSERT_TRUE(longer.done());
  EXPECT_EQ(result.error(), Error::io_error);
  ::unlink(name.c_str());
}

TEST_F(SocketStreamTest, fail_ends_what_waits_and_what_comes) {
  std::string heard;
  Error error{};
  Task<> task = read_into(*stream, buffer, heard, error);
  task.start();
  stream->fail(Error::operation_canceled);
  EXPECT_EQ(error, Error::operation_canceled);
  error = {};
  Task<> again = read_into(*stream, buffer, heard, error);
  again.start();
  EXPECT_EQ(error, Error::operation_canceled);
}

TEST_F(SocketStreamTest, forgets_an_operation_whose_task_is_destroyed) {
  std::string heard;
  Error error{};
  {
    Task<> task = read_into(*stream, buffer, heard, error);
    task.start();
  }
  say("nobody listens");
  turn();
  EXPECT_EQ(heard, "");
}

TEST_F(SocketStreamTest, tells_a_peer_that_is_gone) {
  Result<> result;
  other.close();
  Task<> task = write_to(*stream, "x", result);
  task.start();
  EXPECT_EQ(result.error(), Error::broken_pipe);
}

Task<> wait_for(Stream& stream, bool& woke) {
  Result<> readable = co_await stream.readable();
  woke = readable.has_value();
}

TEST_F(SocketStreamTest, waits_until_a_read_is_worth_it_without_a_buffer) {
  bool woke = false;
  Progress nothing = stream->read_now(buffer);
  EXPECT_EQ(nothing.wait, Wait::readable);
  Task<> task = wait_for(*stream, woke);
  task.start();
  turn();
  EXPECT_FALSE(woke);
  say("x");
  turn();
  EXPECT_TRUE(woke);
  EXPECT_EQ(stream->read_now(buffer).bytes, 1u);
}

Task<> watch(Stream& stream, PeerEnd least, std::string& seen) {
  PeerEnd end = co_await stream.peer_ended(least);
  seen += end == PeerEnd::whole ? "whole " : "half ";
}

TEST_F(SocketStreamTest, tells_how_far_the_peer_has_ended_also_where_bytes_are_unread) {
  std::string seen;
  Task<> half = watch(*stream, PeerEnd::half, seen);
  half.start();
  say("unread");
  turn();
  EXPECT_EQ(seen, "");
  ::shutdown(other.get(), SHUT_WR);
  turn();
  EXPECT_EQ(seen, "half ");
  Task<> again = watch(*stream, PeerEnd::half, seen);
  again.start();
  EXPECT_EQ(seen, "half half ");
  Task<> whole = watch(*stream, PeerEnd::whole, seen);
  whole.start();
  turn();
  EXPECT_EQ(seen, "half half ");
  other.close();
  turn();
  EXPECT_EQ(seen, "half half whole ");
}

TEST_F(SocketStreamTest, ends_the_watch_of_a_peer_when_it_fails_but_not_when_its_time_is_up) {
  std::string seen;
  Task<> task = watch(*stream, PeerEnd::whole, seen);
  task.start();
  stream->reading().expires_in(seconds(1));
  stream->writing().expires_in(seconds(1));
  clock.advance(seconds(2));
  turn();
  EXPECT_EQ(seen, "");
  stream->fail(Error::operation_canceled);
  EXPECT_EQ(seen, "whole ");
}

TEST_F(SocketStreamTest, forgets_a_watch_that_is_destroyed) {
  std::string seen;
  {
    Task<> task = watch(*stream, PeerEnd::half, seen);
    task.start();
  }
  other.close();
  turn();
  EXPECT_EQ(seen, "");
}

TEST_F(SocketStreamTest, writes_at_once_only_where_no_write_waits) {
  EXPECT_EQ(stream->write_now("abc"), 3u);
  EXPECT_EQ(hear(), "abc");
  Result<> result;
  std::string large(4'000'000, 'x');
  Task<> task = write_to(*stream, large, result);
  task.start();
  EXPECT_EQ(stream->write_now("abc"), 0u);
}

}  // namespace
}  // namespace webserv::detail
