// The names of fields that the server itself looks up.
#pragma once

#include <cstdint>

namespace webserv {

// Names the server looks up; every other one is `other`. Each is one name but for the last.
enum class FieldName : uint8_t {
  other,
  accept,
  accept_encoding,
  authorization,
  connection,
  content_length,
  content_type,
  cookie,
  expect,
  host,
  if_match,
  if_modified_since,
  if_none_match,
  if_range,
  if_unmodified_since,
  range,
  referer,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  forwarding,  // Forwarded, and all that begin with X-Forwarded-
  count_
};

}  // namespace webserv
