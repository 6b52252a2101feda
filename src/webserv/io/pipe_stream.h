// PipeStream: a Stream over one end of a pipe. What the other end is (a program's standard input or output) does not
// matter to it.
#pragma once

#include "webserv/io/stream.h"

namespace webserv::detail {

// Bytes go one way: of a reading end only the reads, of a writing end only the writes may be used; the others fail with
// Error::bad_file_descriptor. A read gets 0 when the last writer has closed; a write fails with Error::broken_pipe when
// no reader is left (the worker threads block SIGPIPE).
class PipeStream final : public DescriptorStream {
 public:
  // An end that does not block (O_NONBLOCK).
  PipeStream(Loop& loop, Fd end) : DescriptorStream(loop, std::move(end)) {}

  // What the pipe holds at this moment, also what the loop has not told of yet: the last words of a process that is
  // known to have ended. 0: nothing is there.
  size_t read_left(std::span<char> into);

  // Of a writing end: the reader sees the end of file. Nothing can be written any more.
  void end_output() override { close(); }
  // What was written stays in the pipe, also with `reset`.
  void close(bool reset = false) override;

 protected:
  Progress try_read(std::span<char> into) override;
  Progress try_write(std::span<const iovec> pieces, bool more) override;
  Progress try_send_file(int fd, off_t from, size_t length) override;
};

}  // namespace webserv::detail
