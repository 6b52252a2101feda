// What the body of a response is made of, or where it comes from. Nothing here knows how it goes over the wire.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "webserv/base/result.h"
#include "webserv/io/fd.h"
#include "webserv/io/task.h"

namespace webserv {

class Stream;
struct Prepared;
struct Response;

// Bytes that someone else holds, too: a view and the owner that keeps it alive.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  std::string_view bytes;
};

// A part of an open file.
struct FileSlice {
  std::shared_ptr<const Fd> file;
  uint64_t from = 0;
  uint64_t length = 0;
};

// Bodies made of several parts, such as multipart/byteranges.
using BodyPiece = std::variant<std::string, SharedBytes, FileSlice>;
using BodyPieces = std::vector<BodyPiece>;

// Where a Producer writes. All is written in order and with back-pressure.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Error: the client is gone or too slow; the producer ends then. Without any bytes, what is gathered is sent: the
  // head, so that the client has it before the first byte of the body.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};

// Makes a body as it goes out.
struct Producer {
  // An error cuts the connection, so that the client sees that the body is not whole.
  std::function<Task<Result<>>(BodySink&)> produce;
  // The bytes that it will write, where that is known beforehand; whoever writes others breaks the message.
  std::optional<uint64_t> length = std::nullopt;
  // Called instead of `produce` where the client's copy is fresh, or a precondition fails, so that nothing is sent of
  // the body. Gets the response that is to be sent and returns what is sent; where there is none, nothing is done.
  std::function<Task<Response>(Response)> skip = nullptr;
};

// The connection as it is handed over when it leaves HTTP. All of it is borrowed.
struct Upgraded {
  Stream& stream;
  // What the client has sent already, behind its request. Good until take_over ends.
  std::string_view read_ahead;
  // Writes to the stream, in the time that the route gives to writes, and counts for the log.
  BodySink& sink;
};

// The connection leaves HTTP (RFC 9110 7.8): behind the head of this response, take_over says and hears all that
// follows over its stream. The connection is closed when it ends; after an error it is reset.
struct Upgrade {
  std::function<Task<Result<>>(Upgraded&)> take_over;
  // The head of the answer is part of what take_over writes. Status and fields of the response are for the log alone.
  bool has_own_head = false;
};

// Not an answer but where to get it: the answer to GET (HEAD where that was asked) of this path and query stands for
// it (RFC 3875 6.2.2).
struct LocalRedirect {
  std::string target;
};

using BodySource = std::variant<std::monostate, std::string, std::string_view, SharedBytes, FileSlice, BodyPieces,
                                Producer, std::shared_ptr<const Prepared>, Upgrade, LocalRedirect>;

}  // namespace webserv
