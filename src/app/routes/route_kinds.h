// All kinds of handlers that a route may have.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "app/routes/route_handler.h"
#include "app/schema/section_reader.h"

namespace webserv::app {

struct RouteKind {
  std::string_view key;     // of the route, which stands for it
  std::string_view plural;  // what answers, for people: "files"

  // Reads the section of a route that has the key. What is wrong is added to its findings; then the outcome is not to
  // be used.
  std::shared_ptr<const RouteHandler> (*read)(const SectionReader& route);
};

// In the order in which people are shown them.
std::span<const RouteKind> route_kinds();

// Null where the key stands for none.
const RouteKind* find_route_kind(std::string_view key);

}  // namespace webserv::app
