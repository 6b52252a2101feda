// The bytes of a body, wherever they lie.
#pragma once

#include <unistd.h>

#include <string>
#include <variant>

#include "webserv/server/body_length.h"
#include "webserv/server/prepared.h"
#include "webserv/server/response.h"

namespace webserv::detail::test {

inline std::string bytes_of(const std::string& bytes) { return bytes; }
inline std::string bytes_of(const SharedBytes& shared) { return std::string(shared.bytes); }
inline std::string bytes_of(const FileSlice& slice) {
  std::string bytes(slice.length, '\0');
  ssize_t got = ::pread(slice.file->get(), bytes.data(), bytes.size(), static_cast<off_t>(slice.from));
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

inline std::string body_bytes(const Response& response) {
  const BodySource& body = response.body;
  if (const auto* bytes = std::get_if<std::string>(&body)) return *bytes;
  if (const auto* view = std::get_if<std::string_view>(&body)) return std::string(*view);
  if (const auto* shared = std::get_if<SharedBytes>(&body)) return bytes_of(*shared);
  if (const auto* slice = std::get_if<FileSlice>(&body)) return bytes_of(*slice);
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&body)) {
    if ((*prepared)->file.length > 0) return bytes_of((*prepared)->file);
    return std::string((*prepared)->body());
  }
  std::string all;
  if (const auto* pieces = std::get_if<BodyPieces>(&body)) {
    for (const BodyPiece& piece : *pieces) all += std::visit([](const auto& part) { return bytes_of(part); }, piece);
  }
  return all;
}

}  // namespace webserv::detail::test
