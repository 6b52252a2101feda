// Turns of the connections of one worker: a client that is as fast as it can does not hold the worker alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>

#include "support/conversation.h"

namespace webserv::detail {
namespace {

using test::Conversation;
using testing::StartsWith;

// Another connection of the worker, over a socket that its loop watches.
class Neighbour final {
 public:
  explicit Neighbour(WorkerContext& worker)
      : ends_(make_ends()),
        stream_(worker.loop, Fd(ends_[0])),
        client_(ends_[1]),
        connection_(worker, stream_),
        session_(connection_),
        task_(session_.serve()) {
    task_.start();
  }

  void say(std::string_view bytes) {
    EXPECT_EQ(::send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  // What it was answered by now.
  std::string hear() {
    std::array<char, 4096> bytes;
    ssize_t got = ::recv(client_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return {bytes.data(), got > 0 ? static_cast<size_t>(got) : 0};
  }

 private:
  static std::array<int, 2> make_ends() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()), 0);
    return ends;
  }

  const std::array<int, 2> ends_;
  SocketStream stream_;
  Fd client_;
  test::TestConnection connection_;
  H1Connection session_;
  Task<> task_;
};

TEST(TurnsTest, others_are_answered_while_a_fast_client_uploads) {
  constexpr size_t piece = 64 * 1024;
  constexpr size_t pieces = 160;
  static_assert(piece * pieces >= 4 * bytes_per_turn);
  const std::string head = "POST /take HTTP/1.1\r\nHost: x\r\n";
  const std::string chunk = "10000\r\n" + std::string(piece, 'x') + "\r\n";
  for (bool chunked : {false, true}) {
    size_t taken = 0;
    Limits limits;
    limits.route.body_size = unlimited;
    auto take = [&taken](Request& request) -> Task<Response> {
      std::array<char, 16 * 1024> some;
      for (;;) {
        std::expected<size_t, HttpError> got = co_await request.body().read_some(some);
        if (!got || *got == 0) co_return text("taken");
        taken += *got;
      }
    };
    Handler handler = [take](Request& request) -> Answer {
      if (request.path() == "/take") return take(request);
      return text("hello");
    };
    Conversation upload(handler, limits);
    Neighbour neighbour(upload.worker());
    upload.stream().feed(head + (chunked ? "Transfer-Encoding: chunked\r\n\r\n"
                                         : "Content-Length: " + std::to_string(piece * pieces) + "\r\n\r\n"));
    for (size_t i = 0; i < pieces; ++i) upload.stream().feed(chunked ? chunk : std::string(piece, 'x'));
    if (chunked) upload.stream().feed("0\r\n\r\n");
    neighbour.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    upload.start();
    EXPECT_LT(taken, piece * pieces);
    EXPECT_THAT(neighbour.hear(), StartsWith("HTTP/1.1 200 "));
    for (size_t before = taken; taken < piece * pieces; before = taken) {
      upload.turn();
      ASSERT_GT(taken, before);
      ASSERT_LE(taken - before, bytes_per_turn + piece) << "in one turn";
    }
    upload.settle();
    EXPECT_THAT(upload.stream().output(), StartsWith("HTTP/1.1 200 "));
  }
}

}  // namespace
}  // namespace webserv::detail
