#include "webserv/server/h1/h1_response.h"

#include <array>
#include <initializer_list>

#include "webserv/http/h1_writer.h"
#include "webserv/server/body_length.h"
#include "webserv/server/limits.h"
#include "webserv/server/prepared.h"

namespace webserv::detail {

namespace {

// sendfile(2) from the middle of a page costs several times as much as from its beginning.
constexpr uint64_t page = 4096;
// A slice up to this size is copied: cheaper than a system call of its own.
constexpr uint64_t copied_slice = 16 * 1024;

// What is not the rule of the version (RFC 9112 9.3), and what a 101 has to have (RFC 9110 7.8).
std::string_view connection_line(const MessageShape& shape, Status status) {
  if (status == Status::switching_protocols) return "Connection: Upgrade\r\n";
  if (!shape.keep_alive) return "Connection: close\r\n";
  return shape.protocol == Protocol::http_1_0 ? "Connection: keep-alive\r\n" : "";
}

// The status line and Date.
void append_beginning(std::string& out, Status status, const MessageShape& shape) {
  std::string_view beginning = shape.ok_and_date;
  if (status != Status::ok) {
    append_status_line(out, status);
    beginning.remove_prefix(beginning.find('\n') + 1);
  }
  out.append(beginning);
}

// One growth for all of them.
void append_all(std::string& out, std::initializer_list<std::string_view> texts) {
  size_t size = out.size();
  for (std::string_view text : texts) size += text.size();
  out.resize_and_overwrite(size, [&, end = out.size()](char* bytes, size_t) {
    char* to = bytes + end;
    for (std::string_view text : texts) to += text.copy(to, text.size());
    return size;
  });
}

Gathered gather_prepared(Exchange& x, const Prepared& prepared) {
  std::string_view rest = prepared.h1_text;
  const bool large = rest.size() > gather_size || prepared.file.length > 0;
  if (large || x.shape.head_only) rest = rest.substr(0, prepared.h1_head_size);
  const std::string_view connection = connection_line(x.shape, prepared.status);
  if (prepared.status == Status::ok) {
    append_all(x.out, {x.shape.ok_and_date, connection, rest});
  } else {
    append_beginning(x.out, prepared.status, x.shape);
    x.out.append(connection).append(rest);
  }
  return x.shape.head_only || !large ? Gathered::all : Gathered::head;
}

// Whether the body goes out in chunks; else it has a length, or ends with the connection.
bool is_chunked(const Response& response, Protocol protocol) {
  const auto* producer = std::get_if<Producer>(&response.body);
  return producer != nullptr && !producer->length && protocol != Protocol::http_1_0;
}

// Appends `length` bytes of a file from `from`.
Result<> append_file(std::string& out, int fd, uint64_t from, size_t length) {
  const size_t have = out.size();
  const size_t size = have + length;
  Result<> read;
  // Of libstdc++ 12 the argument is no size to rely on: where the string grows, it is the capacity.
  out.resize_and_overwrite(size, [&](char* bytes, size_t) {
    for (size_t done = have; done < size;) {
      ssize_t got = ::pread(fd, bytes + done, size - done, static_cast<off_t>(from + done - have));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        read = std::unexpected(got < 0 ? static_cast<Error>(errno) : Error::io_error);
        return have;
      }
      done += static_cast<size_t>(got);
    }
    return size;
  });
  return read;
}

// What a Producer and an Upgrade write to.
class Sink final : public BodySink {
 public:
  // In chunks: each write is one.
  enum class Coding : uint8_t { none, chunks };
  Sink(Stream& client, Exchange& x, Coding coding, SentBody& sent)
      : client_(client), x_(x), coding_(coding), sent_(sent) {}

  Task<Result<>> write(std::string_view bytes) override {
    // A chunk of no bytes would be the last.
    const bool in_chunks = coding_ == Coding::chunks && !bytes.empty();
    if (bytes.empty() && x_.out.empty()) co_return Result<>();
    if (in_chunks) append_chunk_head(x_.out, bytes.size());
    std::array<iovec, 3> pieces;
    pieces[0] = {x_.out.data(), x_.out.size()};
    pieces[1] = {const_cast<char*>(bytes.data()), bytes.size()};
    pieces[2] = {const_cast<char*>("\r\n"), in_chunks ? size_t{2} : size_t{0}};
    Result<> written = co_await client_.write_all(pieces);
    x_.out.clear();
    if (!written) co_return written;
    sent_.bytes += bytes.size();
    if (sent_.bytes >= next_pause_) {
      next_pause_ = sent_.bytes + bytes_per_turn;
      co_await client_.loop().next_turn();
    }
    co_return written;
  }

 private:
  Stream& client_;
  Exchange& x_;
  const Coding coding_;
  SentBody& sent_;
  uint64_t next_pause_ = bytes_per_turn;
};

// One body on its way. Each step counts what is known to be out.
class Sending {
 public:
  Sending(Stream& client, Exchange& x) : client_(client), x_(x) {}

  Task<Result<>> send(std::string_view bytes) {
    if (bytes.size() <= copied_slice) {
      x_.out.append(bytes);
      sent_.bytes += bytes.size();
      co_return Result<>();
    }
    std::array<iovec, 2> pieces;
    pieces[0] = {x_.out.data(), x_.out.size()};
    pieces[1] = {const_cast<char*>(bytes.data()), bytes.size()};
    Result<> written = co_await client_.write_all(pieces);
    x_.out.clear();
    if (written) sent_.bytes += bytes.size();
    co_return written;
  }

  Task<Result<>> send(const FileSlice& slice) {
    uint64_t from = slice.from;
    uint64_t left = slice.length;
    const uint64_t lead = left <= copied_slice ? left : (page - from % page) % page;
    Result<> copied = append_file(x_.out, slice.file->get(), from, static_cast<size_t>(lead));
    if (!copied) co_return copied;
    from += lead;
    left -= lead;
    if (left > 0 && !x_.out.empty()) {
      Result<> began = co_await client_.write_all(x_.out, true);
      x_.out.clear();
      if (!began) co_return began;
    }
    sent_.bytes += lead;
    while (left > 0) {
      const auto step = static_cast<size_t>(std::min<uint64_t>(left, bytes_per_turn));
      Result<> portion = co_await client_.send_file(slice.file->get(), static_cast<off_t>(from), step);
      if (!portion) co_return portion;
      sent_.bytes += step;
      from += step;
      left -= step;
      if (left > 0) co_await client_.loop().next_turn();
    }
    co_return Result<>();
  }

  Task<Result<>> send(const BodyPieces& pieces) {
    for (const BodyPiece& piece : pieces) {
      Result<> whole;
      if (const auto* slice = std::get_if<FileSlice>(&piece)) {
        whole = co_await send(*slice);
      } else if (const auto* shared = std::get_if<SharedBytes>(&piece)) {
        whole = co_await send(shared->bytes);
      } else {
        whole = co_await send(std::string_view(std::get<std::string>(piece)));
      }
      if (!whole) co_return whole;
    }
    co_return Result<>();
  }

  Task<Result<>> send(const Producer& producer, bool chunked) {
    Sink sink(client_, x_, chunked ? Sink::Coding::chunks : Sink::Coding::none, sent_);
    if (chunked) x_.probe = Probe::leading_zero;
    Result<> done = co_await producer.produce(sink);
    x_.probe = Probe::none;
    if (done && chunked) x_.out.append(last_chunk);
    co_return done;
  }

  // Whoever takes over writes to the stream itself: what is gathered has to be out.
  Task<Result<>> send(const Upgrade& upgrade) {
    if (!x_.out.empty()) {
      Result<> began = co_await client_.write_all(x_.out);
      x_.out.clear();
      if (!began) co_return began;
    }
    Sink sink(client_, x_, Sink::Coding::none, sent_);
    client_.reading().never();  // the request's time is over
    Upgraded upgraded{.stream = client_, .read_ahead = x_.in.unread(), .sink = sink};
    Result<> done = co_await upgrade.take_over(upgraded);
    co_return done;
  }

  SentBody sent(const Result<>& outcome) {
    sent_.outcome = outcome;
    return sent_;
  }

 private:
  Stream& client_;
  Exchange& x_;
  SentBody sent_;
};

}  // namespace

bool ends_with_connection(const Response& response, Protocol protocol) {
  if (std::holds_alternative<Upgrade>(response.body)) return true;
  const auto* producer = std::get_if<Producer>(&response.body);
  return producer != nullptr && !producer->length && protocol == Protocol::http_1_0;
}

Gathered gather_response(Exchange& x, const Response& response) {
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&response.body)) {
    return gather_prepared(x, **prepared);
  }
  const auto* upgrade = std::get_if<Upgrade>(&response.body);
  if (upgrade != nullptr && upgrade->has_own_head) return Gathered::head;
  append_beginning(x.out, response.status, x.shape);
  x.out.append(response.fields.lines());
  const std::optional<uint64_t> length = body_length(response.body);
  const bool bodiless = is_bodiless(response.status);
  if (length && !bodiless) {
    append_content_length(x.out, *length);
  } else if (!bodiless && is_chunked(response, x.shape.protocol)) {
    x.out.append("Transfer-Encoding: chunked\r\n");
  }
  x.out.append(connection_line(x.shape, response.status)).append("\r\n");
  if (upgrade != nullptr) return Gathered::head;
  if (bodiless || x.shape.head_only || length == 0) return Gathered::all;
  if (!length || *length > gather_size) return Gathered::head;
  const std::string_view bytes = bytes_of(response.body);
  x.out.append(bytes);
  return bytes.empty() ? Gathered::head : Gathered::all;
}

Task<SentBody> send_body(Stream& client, Exchange& x, const Response& response) {
  client.writing().expires_after_pause(x.write_pause());
  const BodySource& body = response.body;
  Sending sending(client, x);
  Result<> outcome;
  if (const auto* producer = std::get_if<Producer>(&body)) {
    const bool chunked = is_chunked(response, x.shape.protocol);
    outcome = co_await sending.send(*producer, chunked);
  } else if (const auto* upgrade = std::get_if<Upgrade>(&body)) {
    outcome = co_await sending.send(*upgrade);
  } else if (const FileSlice* slice = file_of(body)) {
    outcome = co_await sending.send(*slice);
  } else if (const auto* pieces = std::get_if<BodyPieces>(&body)) {
    outcome = co_await sending.send(*pieces);
  } else {
    std::string_view bytes = bytes_of(body);
    outcome = co_await sending.send(bytes);
  }
  co_return sending.sent(outcome);
}

}  // namespace webserv::detail
