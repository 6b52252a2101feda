#include "webserv/server/body.h"

namespace webserv {

using namespace detail;

Task<std::expected<std::string, HttpError>> Body::text(uint64_t limit) {
  constexpr size_t step = 16 * 1024;
  std::string all;
  for (;;) {
    size_t have = all.size();
    all.resize(have + step);
    std::span<char> room(all.data() + have, step);
    std::expected<size_t, HttpError> got = co_await read_some(room);
    if (!got) co_return std::unexpected(got.error());
    all.resize(have + *got);
    if (all.size() > limit) {
      HttpError too_large(Status::content_too_large, "the body is larger than the handler takes");
      co_return std::unexpected(too_large);
    }
    if (*got == 0) co_return all;
  }
}

}  // namespace webserv
