#include "webserv/base/line_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace webserv::detail {
namespace {

// Whether a write to a pipe waits is its writer's to say only since Linux 6.4: where the reader stops, tests have one
// that never waits.
enum class Kind { pipe, non_blocking_pipe, sockets };

// A reader and a writer, both closed at the end.
class Ends {
 public:
  explicit Ends(Kind kind) {
    if (kind == Kind::sockets) {
      EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds_.data()), 0);
    } else {
      EXPECT_EQ(pipe2(fds_.data(), O_CLOEXEC | (kind == Kind::pipe ? 0 : O_NONBLOCK)), 0);
    }
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() {
    close_reader();
    close_writer();
  }

  int writer() const { return fds_[1]; }
  int reader() const { return fds_[0]; }
  void close_reader() { close_one(fds_[0]); }
  void close_writer() { close_one(fds_[1]); }

  // What is there to read, without waiting.
  std::string take() {
    std::string all(1 << 20, '\0');
    size_t size = 0;
    fcntl(fds_[0], F_SETFL, O_NONBLOCK);
    while (true) {
      const ssize_t got = read(fds_[0], all.data() + size, all.size() - size);
      if (got <= 0) break;
      size += static_cast<size_t>(got);
    }
    all.resize(size);
    return all;
  }

 private:
  static void close_one(int& fd) {
    if (fd >= 0) close(std::exchange(fd, -1));
  }
  std::array<int, 2> fds_{-1, -1};
};

size_t count_lines(std::string_view text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST(LineSink, writes_lines_to_pipes_and_sockets) {
  for (Kind kind : {Kind::pipe, Kind::non_blocking_pipe, Kind::sockets}) {
    Ends ends(kind);
    LineSink sink(ends.writer());
    sink.write("one\n");
    sink.write("two\nthree\n");
    EXPECT_EQ(ends.take(), "one\ntwo\nthree\n");
    EXPECT_EQ(sink.lost_lines(), 0U);
  }
}

TEST(LineSink, lines_of_several_threads_do_not_mix) {
  Ends ends(Kind::pipe);
  std::string all;
  std::thread reader([&] {
    std::array<char, 777> piece;
    for (ssize_t got; (got = read(ends.reader(), piece.data(), piece.size())) > 0;)
      all.append(piece.data(), static_cast<size_t>(got));
  });
  LineSink sink(ends.writer());
  constexpr size_t line_size = 3000, rounds = 200;
  std::vector<std::thread> writers;
  for (char name : {'a', 'b', 'c'}) {
    writers.emplace_back([&sink, name] {
      const std::string lines = std::string(line_size, name) + '\n' + std::string(line_size, name) + '\n';
      for (size_t i = 0; i < rounds; ++i) sink.write(lines);
    });
  }
  for (std::thread& writer : writers) writer.join();
  ends.close_writer();
  reader.join();
  ASSERT_EQ(all.size(), 3 * rounds * 2 * (line_size + 1));
  for (size_t begin = 0; begin < all.size(); begin += line_size + 1) {
    ASSERT_EQ(all.substr(begin, line_size), std::string(line_size, all[begin]));
    ASSERT_EQ(all[begin + line_size], '\n');
  }
  EXPECT_EQ(sink.lost_lines(), 0U);
}

// How often this thread has given up its processor to wait for something.
long times_asleep() {
  rusage usage{};
  EXPECT_EQ(::getrusage(RUSAGE_THREAD, &usage), 0);
  return usage.ru_nvcsw;
}

TEST(LineSink, a_reader_that_stops_costs_one_pause_and_the_lines_that_did_not_fit) {
  for (Kind kind : {Kind::non_blocking_pipe, Kind::sockets}) {
    Ends ends(kind);
    LineSink sink(ends.writer());
    const std::string batch = std::string(999, 'x') + '\n';
    size_t written = 0;
    while (sink.lost_lines() == 0 && written < 10'000) {
      sink.write(batch);
      ++written;
    }
    const long before = times_asleep();
    for (int i = 0; i < 100; ++i) sink.write(batch);
    EXPECT_LT(times_asleep() - before, 50) << "each of them has waited";
    EXPECT_EQ(sink.lost_lines(), 101U);
    // The line that was cut is ended before the next one, which stays whole.
    std::string seen = ends.take();
    sink.write("after\n");
    seen += ends.take();
    EXPECT_TRUE(seen.ends_with("\nafter\n"));
    EXPECT_EQ(sink.lost_lines(), 101U);
    EXPECT_LE(count_lines(seen), written + 1);
    EXPECT_GE(count_lines(seen), written);
  }
}

// A reader that takes a page now and then would else stretch one write to as many pauses.
TEST(LineSink, a_reader_that_takes_little_costs_one_pause_as_well) {
  Ends ends(Kind::non_blocking_pipe);
  LineSink sink(ends.writer());
  const std::string page = std::string(4095, 'x') + '\n';
  for (int i = 0; i < 16; ++i) sink.write(page);
  ASSERT_EQ(sink.lost_lines(), 0U);
  // To be taken whole, it would need six seconds.
  std::atomic<bool> written = false;
  std::jthread reader([&] {
    std::array<char, 4096> some;
    while (!written) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      EXPECT_GT(read(ends.reader(), some.data(), some.size()), 0);
    }
  });
  sink.write(std::string(size_t{64} * 4096, 'y') + '\n');
  written = true;
  reader.join();
  EXPECT_EQ(sink.lost_lines(), 1U);
  // It recovers, and the line that was cut has its end.
  ends.take();
  sink.write("after\n");
  EXPECT_EQ(ends.take(), "\nafter\n");
  EXPECT_EQ(sink.lost_lines(), 1U);
}

TEST(LineSink, each_line_is_kept_or_counted_while_the_reader_stops_and_comes_back) {
  for (Kind kind : {Kind::non_blocking_pipe, Kind::sockets}) {
    Ends ends(kind);
    LineSink sink(ends.writer());
    constexpr size_t threads = 3, rounds = 60, line_size = 1999;
    std::vector<std::jthread> writers;
    std::atomic<size_t> done = 0;
    for (char name : {'a', 'b', 'c'}) {
      writers.emplace_back([&sink, &done, name] {
        const std::string lines = std::string(line_size, name) + '\n' + std::string(line_size, name) + '\n';
        for (size_t i = 0; i < rounds; ++i) sink.write(lines);
        ++done;
      });
    }
    std::string heard;
    for (uint64_t lost = 0; done < threads;) {
      // It comes back whenever something was lost.
      if (sink.lost_lines() == lost) {
        std::this_thread::yield();
        continue;
      }
      lost = sink.lost_lines();
      heard += ends.take();
    }
    heard += ends.take();
    sink.write("last\n");
    heard += ends.take();
    EXPECT_TRUE(heard.ends_with("\nlast\n"));
    uint64_t whole = 0;
    std::istringstream lines(heard);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(line.find_first_not_of(line.front()), line == "last" ? 1 : line.npos) << "two lines in one";
      whole += line.size() == line_size ? 1 : 0;
    }
    EXPECT_EQ(whole + sink.lost_lines(), threads * rounds * 2);
    EXPECT_GT(sink.lost_lines(), 0U);
  }
}

// A socket counts as writable when a quarter of its room is taken at most, but it takes more.
TEST(LineSink, nothing_follows_a_line_that_was_cut_but_its_end) {
  Ends ends(Kind::sockets);
  LineSink sink(ends.writer());
  const std::string line = std::string(99'999, 'x') + '\n';  // more than the kernel takes in one piece
  while (sink.lost_lines() == 0) sink.write(line);
  std::string heard;
  for (uint64_t lost = 0; lost != sink.lost_lines();) {
    lost = sink.lost_lines();
    std::string some(40'000, '\0');
    const ssize_t got = read(ends.reader(), some.data(), some.size());
    ASSERT_GT(got, 0);
    heard.append(some, 0, static_cast<size_t>(got));
    sink.write("after\n");
  }
  heard += ends.take();
  EXPECT_TRUE(heard.contains("x\nafter\n"));
  EXPECT_FALSE(heard.contains("xafter"));
  EXPECT_FALSE(heard.contains("\n\n"));
}

TEST(LineSink, a_reader_that_is_gone_harms_nothing) {
  signal(SIGPIPE, SIG_IGN);
  for (Kind kind : {Kind::pipe, Kind::sockets}) {
    Ends ends(kind);
    LineSink sink(ends.writer());
    ends.close_reader();
    sink.write("one\ntwo\n");
    EXPECT_EQ(sink.lost_lines(), 2U);
  }
  LineSink nowhere(-1);
  nowhere.write("one\n");
  EXPECT_EQ(nowhere.lost_lines(), 1U);
}

}  // namespace
}  // namespace webserv::detail
