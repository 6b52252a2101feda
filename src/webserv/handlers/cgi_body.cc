#include "webserv/handlers/cgi_body.h"

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "webserv/base/result.h"

namespace webserv {

namespace {

constexpr HttpError no_room{Status::insufficient_storage, "there is no room for the body of the request"};

// In the folder for temporary files (tmpfile(3), environ(7)).
Result<Fd> unnamed_file() {
  const char* folder = ::getenv("TMPDIR");
  if (folder == nullptr || *folder == '\0') folder = "/tmp";
  int number = ::open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (number < 0) return last_error();
  return Fd(number);
}

bool append(const Fd& file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Moves what memory holds to the file, which is made where there is none.
bool move_to_file(GatheredBody& gathered) {
  if (!gathered.file) {
    Result<Fd> file = unnamed_file();
    if (!file) return false;
    gathered.file = std::move(*file);
  }
  bool moved = append(gathered.file, gathered.bytes);
  gathered.bytes.clear();
  return moved;
}

}  // namespace

Task<std::expected<GatheredBody, HttpError>> gather(Body& body) {
  GatheredBody gathered;
  Framing framing = body.framing();
  if (framing.kind == Framing::Kind::none) co_return gathered;
  constexpr size_t step = 16 * 1024;
  for (;;) {
    size_t have = gathered.bytes.size();
    size_t room = std::min(step, gathered_in_memory - have);
    gathered.bytes.resize(have + room);
    std::span<char> into(gathered.bytes.data() + have, room);
    std::expected<size_t, HttpError> got = co_await body.read_some(into);
    if (!got) co_return std::unexpected(got.error());
    gathered.bytes.resize(have + *got);
    gathered.size += *got;
    if (*got == 0) break;
    bool full = gathered.bytes.size() == gathered_in_memory && gathered.size != framing.length;
    if (full && !move_to_file(gathered)) co_return std::unexpected(no_room);
  }
  if (!gathered.file) co_return gathered;
  bool whole = move_to_file(gathered) && ::lseek(gathered.file.get(), 0, SEEK_SET) == 0;
  if (!whole) co_return std::unexpected(no_room);
  co_return gathered;
}

}  // namespace webserv
