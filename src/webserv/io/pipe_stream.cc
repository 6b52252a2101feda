#include "webserv/io/pipe_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace webserv::detail {

Progress PipeStream::try_read(std::span<char> into) {
  return receive(into.size(), [&] { return ::read(fd_.get(), into.data(), into.size()); });
}

size_t PipeStream::read_left(std::span<char> into) {
  ssize_t bytes;
  do bytes = ::read(fd_.get(), into.data(), into.size());
  while (bytes < 0 && errno == EINTR);
  return bytes < 0 ? 0 : static_cast<size_t>(bytes);
}

Progress PipeStream::try_write(std::span<const iovec> pieces, bool) {
  return send([&] { return ::writev(fd_.get(), pieces.data(), static_cast<int>(pieces.size())); });
}

Progress PipeStream::try_send_file(int fd, off_t from, size_t length) {
  return send([&] { return ::splice(fd, &from, fd_.get(), nullptr, length, SPLICE_F_NONBLOCK); });
}

void PipeStream::close(bool) {
  never();
  close_descriptor();
}

}  // namespace webserv::detail
