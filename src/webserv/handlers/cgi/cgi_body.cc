#include "webserv/handlers/cgi/cgi_body.h"

#include <algorithm>

namespace webserv::detail {

namespace {

constexpr HttpError no_room{Status::insufficient_storage, "there is no room for the body of the request"};

// Moves what memory holds to the file, which is made where there is none.
bool move_to_file(GatheredBody& gathered) {
  if (!gathered.file) {
    Result<TemporaryFile> file = TemporaryFile::make(temporary_folder());
    if (!file) return false;
    gathered.file.emplace(std::move(*file));
  }
  Result<> moved = gathered.file->append(gathered.bytes);
  gathered.bytes.clear();
  return moved.has_value();
}

}  // namespace

Task<std::expected<GatheredBody, HttpError>> gather(Body& body) {
  GatheredBody gathered;
  const std::optional<uint64_t> length = body.length();
  if (length == 0) co_return gathered;
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
    bool full = gathered.bytes.size() == gathered_in_memory && gathered.size != length;
    if (full && !move_to_file(gathered)) co_return std::unexpected(no_room);
  }
  if (!gathered.file) co_return gathered;
  bool moved = move_to_file(gathered);
  if (!moved) co_return std::unexpected(no_room);
  co_return gathered;
}

}  // namespace webserv::detail
