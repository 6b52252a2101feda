#include "webserv/server/h1/h1_response.h"

#include <array>
#include <initializer_list>

#include "webserv/base/text.h"
#include "webserv/http/h1_writer.h"
#include "webserv/server/limits.h"

namespace webserv {

namespace {

// sendfile(2) from the middle of a page costs several times as much as from its beginning.
constexpr uint64_t page = 4096;
// A slice up to this size is copied: cheaper than a system call of its own.
constexpr uint64_t copied_slice = 16 * 1024;

// RFC 9112 9.3: what is not the rule of the version.
std::string_view connection_line(const MessageShape& shape) {
  if (!shape.keep_alive) return "Connection: close\r\n";
  return shape.minor_version == 0 ? "Connection: keep-alive\r\n" : "";
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

bool gather_prepared(Exchange& x, const std::shared_ptr<const Prepared>& prepared, const MessageShape& shape) {
  std::string_view rest = prepared->fields_and_body;
  bool large = rest.size() > gather_size || prepared->file.length > 0;
  if (large || shape.head_only) rest = rest.substr(0, prepared->body_offset);
  if (prepared->status == Status::ok) {
    append_all(x.out, {shape.ok_and_date, connection_line(shape), rest});
  } else {
    append_beginning(x.out, prepared->status, shape);
    x.out.append(connection_line(shape)).append(rest);
  }
  return shape.head_only || !large;
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

Task<Result<>> send_bytes(Stream& client, std::string& out, std::string_view bytes, uint64_t& sent) {
  if (bytes.size() <= copied_slice) {
    out.append(bytes);
    sent += bytes.size();
    co_return Result<>();
  }
  std::array<iovec, 2> pieces;
  pieces[0] = {out.data(), out.size()};
  pieces[1] = {const_cast<char*>(bytes.data()), bytes.size()};
  Result<> written = co_await client.write_all(pieces);
  out.clear();
  if (written) sent += bytes.size();
  co_return written;
}

// `sent` counts what is known to be on its way.
Task<Result<>> send_slice(Stream& client, std::string& out, const FileSlice& slice, uint64_t& sent) {
  uint64_t from = slice.from;
  uint64_t left = slice.length;
  uint64_t lead = left <= copied_slice ? left : (page - from % page) % page;
  Result<> copied = append_file(out, slice.file->get(), from, static_cast<size_t>(lead));
  if (!copied) co_return copied;
  from += lead;
  left -= lead;
  if (left > 0 && !out.empty()) {
    Result<> began = co_await client.write_all(out, true);
    out.clear();
    if (!began) co_return began;
  }
  sent += lead;
  if (left == 0) co_return Result<>();
  for (;;) {
    auto step = static_cast<size_t>(std::min<uint64_t>(left, bytes_per_turn));
    Result<> portion = co_await client.send_file(slice.file->get(), static_cast<off_t>(from), step);
    if (!portion) co_return portion;
    sent += step;
    from += step;
    left -= step;
    if (left == 0) co_return Result<>();
    co_await client.loop().next_turn();
  }
}

Task<Result<>> send_pieces(Stream& client, std::string& out, const BodyPieces& pieces, uint64_t& sent) {
  for (const BodyPiece& piece : pieces) {
    Result<> whole;
    if (const auto* slice = std::get_if<FileSlice>(&piece)) {
      whole = co_await send_slice(client, out, *slice, sent);
    } else if (const auto* shared = std::get_if<SharedBytes>(&piece)) {
      whole = co_await send_bytes(client, out, shared->bytes, sent);
    } else {
      whole = co_await send_bytes(client, out, std::get<std::string>(piece), sent);
    }
    if (!whole) co_return whole;
  }
  co_return Result<>();
}

// What a Producer writes to.
class Sink final : public BodySink {
 public:
  Sink(Stream& client, Exchange& x, bool chunked, uint64_t& sent)
      : client_(client), x_(x), out_(x.out), chunked_(chunked), sent_(sent) {}

  Task<Result<>> write(std::string_view bytes) override {
    bool in_chunks = chunked_ && !bytes.empty();  // a chunk of no bytes would be the last
    if (bytes.empty() && out_.empty()) co_return Result<>();
    if (in_chunks) append_chunk_head(out_, bytes.size());
    // Between two writes the deadline may have passed without harm.
    client_.writing().expires_after_pause(x_.request.limits.write);
    std::array<iovec, 3> pieces;
    pieces[0] = {out_.data(), out_.size()};
    pieces[1] = {const_cast<char*>(bytes.data()), bytes.size()};
    pieces[2] = {const_cast<char*>("\r\n"), in_chunks ? size_t{2} : size_t{0}};
    Result<> written = co_await client_.write_all(pieces);
    out_.clear();
    if (!written) co_return written;
    sent_ += bytes.size();
    if (sent_ >= next_pause_) {
      next_pause_ = sent_ + bytes_per_turn;
      co_await client_.loop().next_turn();
    }
    co_return written;
  }

 private:
  Stream& client_;
  Exchange& x_;
  std::string& out_;
  const bool chunked_;
  uint64_t& sent_;
  uint64_t next_pause_ = bytes_per_turn;
};

Task<Result<>> send_produced(Stream& client, Exchange& x, const Producer& producer, bool chunked, uint64_t& sent) {
  Sink sink(client, x, chunked, sent);
  if (chunked) x.probe = Probe::leading_zero;
  Result<> done = co_await producer(sink);
  x.probe = Probe::none;
  if (done && chunked) x.out.append("0\r\n\r\n");
  co_return done;
}

// The file that a body is a part of; null where it is none.
const FileSlice* file_of(const BodySource& body) {
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&body)) {
    return (*prepared)->file.length > 0 ? &(*prepared)->file : nullptr;
  }
  return std::get_if<FileSlice>(&body);
}

}  // namespace

std::string_view bytes_of(const BodySource& body) {
  if (const auto* bytes = std::get_if<std::string>(&body)) return *bytes;
  if (const auto* view = std::get_if<std::string_view>(&body)) return *view;
  if (const auto* shared = std::get_if<SharedBytes>(&body)) return shared->bytes;
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&body)) {
    return std::string_view((*prepared)->fields_and_body).substr((*prepared)->body_offset);
  }
  return {};
}

bool is_chunked(const Response& response, const MessageShape& shape) {
  return std::holds_alternative<Producer>(response.body) && shape.minor_version > 0 &&
         !response.fields.has("Content-Length");
}

bool ends_with_connection(const Response& response, const MessageShape& shape) {
  if (std::holds_alternative<RawMessage>(response.body)) return true;
  return std::holds_alternative<Producer>(response.body) && shape.minor_version == 0 &&
         !response.fields.has("Content-Length");
}

bool gather_response(Exchange& x, const Response& response, const MessageShape& shape) {
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&response.body)) {
    return gather_prepared(x, *prepared, shape);
  }
  if (std::holds_alternative<RawMessage>(response.body)) return false;
  append_beginning(x.out, response.status, shape);
  x.out.append(response.fields.lines());
  uint64_t length = 0;
  bool known = body_length(response.body, length);
  bool bodiless = is_bodiless(response.status);
  if (known && !bodiless) {
    x.out.append("Content-Length: ");
    append_decimal(x.out, length);
    x.out.append("\r\n");
  } else if (!bodiless && is_chunked(response, shape)) {
    x.out.append("Transfer-Encoding: chunked\r\n");
  }
  x.out.append(connection_line(shape)).append("\r\n");
  if (bodiless || shape.head_only) return true;
  if (!known) return false;
  if (length == 0) return true;
  if (length > gather_size) return false;
  std::string_view bytes = bytes_of(response.body);
  x.out.append(bytes);
  return !bytes.empty();
}

Task<Result<>> send_body(Stream& client, Exchange& x, const Response& response, bool chunked, uint64_t& sent) {
  client.writing().expires_after_pause(x.request.limits.write);
  const BodySource& body = response.body;
  if (const auto* producer = std::get_if<Producer>(&body)) return send_produced(client, x, *producer, chunked, sent);
  if (const auto* message = std::get_if<RawMessage>(&body)) {
    return send_produced(client, x, message->produce, false, sent);
  }
  if (const FileSlice* slice = file_of(body)) return send_slice(client, x.out, *slice, sent);
  if (const auto* pieces = std::get_if<BodyPieces>(&body)) return send_pieces(client, x.out, *pieces, sent);
  return send_bytes(client, x.out, bytes_of(body), sent);
}

}  // namespace webserv
