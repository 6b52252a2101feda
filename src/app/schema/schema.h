// Every key of the configuration once: what it may hold, where it may stand, what holds without it, what it is for. The
// keys themselves are in server_keys.h, route_keys.h and handler_keys.h. The reader walks them, and json_schema.h
// describes the configuration to people and editors from them alone.
#pragma once

#include <span>
#include <string_view>

#include "app/schema/key.h"

namespace webserv::app {

// All of them, in the order in which people are shown them.
std::span<const Key> schema();

// Null where no key of that name stands in the table.
const Key* find_key(Table table, std::string_view name);

}  // namespace webserv::app
