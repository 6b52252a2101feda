// Response: what a handler returns. A value.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "webserv/base/result.h"
#include "webserv/http/status.h"
#include "webserv/io/fd.h"
#include "webserv/io/task.h"

namespace webserv {

// The fields of a response as they will be sent, "Name: value\r\n" each. Date, Connection, Content-Length and
// Transfer-Encoding are the connection's business and never stand here, but that a Producer's Content-Length may.
class ResponseFields {
 public:
  // Adds one more of that name. `name` is a token and `value` has no control bytes (is_field_value); a field that
  // breaks this is left out, so that no handler can be made to split a response.
  void add(std::string_view name, std::string_view value);
  // The only one of that name from now on.
  void set(std::string_view name, std::string_view value);
  // Makes one list of all of that name, and of `list`; what is there already, compared without case, is not added.
  void join(std::string_view name, std::string_view list);
  void remove(std::string_view name);
  // All of `others`, in place of those here that have a name of theirs.
  void override_with(const ResponseFields& others);
  // The first value of that name, compared without case; "" where there is none. A view into this object.
  std::string_view value(std::string_view name) const;
  bool has(std::string_view name) const;

  const std::string& lines() const { return lines_; }

 private:
  size_t find(std::string_view name, size_t from = 0) const;
  std::string lines_;
};

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

// A response that was made once and is the same for everyone: all but its Date and Connection fields. An unlike-request
// (conditional, range) never gets one: who hands it out has checked that.
struct Prepared {
  Status status = Status::ok;
  std::string fields_and_body;  // all other fields, with Content-Length, the empty line and the body
  size_t body_offset = 0;       // a HEAD request gets what is before
  FileSlice file{};             // the body where it is not in memory; else empty
};

// Where a Producer writes. All is written in order and with back-pressure.
class BodySink {
 public:
  virtual ~BodySink() = default;
  // Error: the client is gone or too slow; the producer ends then. Without any bytes, what is gathered is sent: the
  // head, so that the client has it before the first byte of the body.
  virtual Task<Result<>> write(std::string_view bytes) = 0;
};

// Makes a body as it goes out. An error cuts the connection, so that the client sees that the body is not whole.
using Producer = std::function<Task<Result<>>(BodySink&)>;

// The whole answer with its head, as it goes over the wire; the connection is closed behind it. Status and fields of
// the response are for the log.
struct RawMessage {
  Producer produce;
};

// Not an answer but where to get it: the answer to GET (HEAD where that was asked) of this path and query stands for
// it. Only a handler that is a task may say so.
struct LocalRedirect {
  std::string target;
};

using BodySource = std::variant<std::monostate, std::string, std::string_view, SharedBytes, FileSlice, BodyPieces,
                                Producer, std::shared_ptr<const Prepared>, RawMessage, LocalRedirect>;

struct Response {
  Status status = Status::ok;
  // The connection is closed after this response.
  bool close = false;
  // An error that the server itself made: an error page may stand for its body. `reason` is for the log.
  bool server_error_page = false;
  std::string_view reason;  // a literal
  // It has the fields of the configuration already, and no error page stands for it.
  bool finished = false;
  ResponseFields fields;
  BodySource body;
};

// Text with its type.
Response text(std::string body, Status status = Status::ok, std::string_view type = "text/plain; charset=utf-8");

// An error that the server makes; its page is made by error pages (handlers) or, without any, by the connection.
Response error(Status status, std::string_view reason);
inline Response error(const HttpError& error_) { return error(error_.status, error_.reason); }

// The same response as the last of its connection.
Response closing(Response response);

// The bytes of the body where they are known beforehand (all but a Producer, alone or of a RawMessage).
bool body_length(const BodySource& body, uint64_t& length);

}  // namespace webserv
