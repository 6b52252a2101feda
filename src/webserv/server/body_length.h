// What is known of the body of a response before it is sent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "webserv/server/body_source.h"

namespace webserv::detail {

// The bytes of a body where they are known beforehand: nothing for a Producer that does not say, and for an Upgrade.
std::optional<uint64_t> body_length(const BodySource& body);

// The bytes of a body that is in memory as one; none of any other.
std::string_view bytes_of(const BodySource& body);

// The file that a body is a part of; null where it is none.
const FileSlice* file_of(const BodySource& body);

}  // namespace webserv::detail
