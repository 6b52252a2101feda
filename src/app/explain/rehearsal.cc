#include "app/explain/rehearsal.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "webserv/base/text.h"
#include "webserv/io/stream.h"
#include "webserv/server/h1/h1_connection.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr std::string_view end_of_head = "\r\n\r\n";

// What a client sends, and the head of what it gets.
class RehearsalStream final : public Stream {
 public:
  RehearsalStream(Loop& loop, std::string input, bool endless)
      : Stream(loop), input_(std::move(input)), endless_(endless) {}

  // The head of the answer, without its empty line; empty as long as it is not there.
  std::string_view answer() const {
    size_t end = output_.find(end_of_head);
    return end == std::string::npos ? std::string_view() : std::string_view(output_).substr(0, end);
  }

  void end_output() override {}
  void close(bool) override { never(); }

 protected:
  Progress try_read(std::span<char> into) override {
    if (read_ == input_.size()) {
      if (!endless_) return {};
      std::ranges::fill(into, '\0');
      return {.bytes = into.size()};
    }
    size_t count = std::min(into.size(), input_.size() - read_);
    std::memcpy(into.data(), input_.data() + read_, count);
    read_ += count;
    return {.bytes = count};
  }

  Progress try_write(std::span<const iovec> pieces, bool) override {
    size_t bytes = 0;
    for (const iovec& piece : pieces) {
      bytes += piece.iov_len;
      keep({static_cast<const char*>(piece.iov_base), piece.iov_len});
    }
    return {.bytes = bytes};
  }

  Progress try_send_file(int, off_t, size_t length) override { return {.bytes = length}; }
  bool may_read() const override { return true; }
  Result<> arm() override { return {}; }

 private:
  // Bodies are not kept, nor is "100 Continue".
  void keep(std::string_view bytes) {
    if (!answer().empty()) return;
    output_.append(bytes);
    while (output_.starts_with("HTTP/1.1 1") && !answer().empty())
      output_.erase(0, answer().size() + end_of_head.size());
  }

  const std::string input_;
  const bool endless_;
  size_t read_ = 0;
  std::string output_;
};

// The connection of that client.
class RehearsalConnection final : public Connection {
 public:
  using Connection::Connection;
  bool ended() const { return ended_; }
  void run() override { ended_ = true; }

 private:
  bool ended_ = false;
};

class Rehearsal final : private RequestObserver {
 public:
  Rehearsal(const Application& application, std::string_view listener, const Peer& peer, std::string_view head)
      : listener_{.name = std::string(listener)},
        worker_(loop_, 0, std::make_shared<const Application>(watch(application)), {}),
        stream_(loop_, with_body(head), declares_length(head)),
        connection_(worker_, stream_, peer, listener_),
        session_(connection_),
        task_(session_.serve()) {
    worker_.observers.push_back(this);
  }

  Rehearsed run_to_answer() {
    // A listing takes some turns, and so may a body; no handler that is rehearsed waits for anything else.
    constexpr int most_turns = 100'000;
    loop_.turn(Clock::duration(0));
    task_.start();
    for (int i = 0; i < most_turns && !connection_.ended() && !finished_; ++i) {
      loop_.turn(Clock::duration(0));
    }
    read(stream_.answer());
    return std::move(result_);
  }

 private:
  static bool has_line(std::string_view head, std::string_view beginning) {
    return to_lower(head).find(beginning) != std::string::npos;
  }
  static bool declares_length(std::string_view head) { return has_line(head, "\r\ncontent-length:"); }
  static std::string with_body(std::string_view head) {
    std::string text(head);
    if (has_line(head, "\r\ntransfer-encoding:")) text += "0\r\n\r\n";
    return text;
  }

  Application watch(const Application& application) {
    Application watched = application;
    watched.handler = Handler([this, &application](Request& request) { return ask(application, request); });
    watched.refusal = [this, &application](Request& request, const HttpError& wrong) {
      Response response = application.refusal(request, wrong);
      Rehearsed::Seen seen;
      seen.refused = true;
      seen.host = request.host();
      if (!seen.host.empty()) result_.seen = std::move(seen);
      return response;
    };
    return watched;
  }

  Answer ask(const Application& application, Request& request) {
    std::array<char, 46> client;
    request.notes().set(Trace());
    Answer answer = application.handler(request);
    TargetForm form = request.head().target.form;
    bool has_path = form == TargetForm::origin || form == TargetForm::absolute;
    result_.seen = {.host = std::string(request.host()),
                    .path = std::string(request.path()),
                    .has_path = has_path,
                    .vhost = std::string(request.vhost),
                    .route = std::string(request.route),
                    .limits = request.limits,
                    .client = std::string(request.peer().text(client)),
                    .secure = request.secure()};
    return answer;
  }

  void finished(const FinishedRequest& what) override {
    finished_ = true;
    result_.reason = what.response.reason;
    result_.has_page = what.response.page == ErrorPage::configured;
    if (const Trace* trace = what.request.notes().find<Trace>()) result_.trace = *trace;
  }

  void read(std::string_view head) {
    size_t end = std::min(head.find("\r\n"), head.size());
    std::string_view line = head.substr(0, end);
    constexpr size_t code_begins = 9, phrase_begins = 13;
    if (line.size() < phrase_begins) return;
    result_.status = static_cast<unsigned>(parse_decimal(line.substr(code_begins, 3)).value_or(0));
    result_.phrase = line.substr(phrase_begins);
    while (end < head.size()) {
      size_t begin = end + 2;
      end = std::min(head.find("\r\n", begin), head.size());
      std::string_view field = head.substr(begin, end - begin);
      size_t colon = field.find(':');
      result_.fields.emplace_back(field.substr(0, colon), trim(field.substr(colon + 1)));
    }
  }

  Rehearsed result_;
  SystemClock clock_;
  Loop loop_{clock_};
  const ListenerInfo listener_;
  WorkerContext worker_;
  RehearsalStream stream_;
  RehearsalConnection connection_;
  H1Connection session_;
  bool finished_ = false;
  Task<> task_;
};

}  // namespace

Rehearsed rehearse(const Application& application, std::string_view listener, const Peer& peer, std::string_view head) {
  return Rehearsal(application, listener, peer, head).run_to_answer();
}

}  // namespace webserv::app
