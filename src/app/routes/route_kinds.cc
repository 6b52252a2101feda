#include "app/routes/route_kinds.h"

#include <algorithm>
#include <array>

#include "app/routes/cgi_route.h"
#include "app/routes/files_route.h"
#include "app/routes/redirect_route.h"
#include "app/routes/respond_route.h"

namespace webserv::app {
namespace {

template <class Route>
std::shared_ptr<const RouteHandler> read(const SectionReader& route) {
  return std::make_shared<const Route>(route);
}

constexpr auto kinds = std::to_array<RouteKind>({
    {"root", "files", read<FilesRoute>},
    {"cgi", "programs", read<CgiRoute>},
    {"redirect", "redirects", read<RedirectRoute>},
    {"respond", "fixed texts", read<RespondRoute>},
});

}  // namespace

std::span<const RouteKind> route_kinds() { return kinds; }

const RouteKind* find_route_kind(std::string_view key) {
  const auto found = std::ranges::find(kinds, key, &RouteKind::key);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace webserv::app
