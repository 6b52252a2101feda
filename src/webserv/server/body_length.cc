#include "webserv/server/body_length.h"

#include "webserv/server/prepared.h"

namespace webserv::detail {

namespace {

uint64_t size_of(const std::string& bytes) { return bytes.size(); }
uint64_t size_of(const SharedBytes& shared) { return shared.bytes.size(); }
uint64_t size_of(const FileSlice& slice) { return slice.length; }

// The kinds of BodySource, each with the length of its bytes.
struct Length {
  using Known = std::optional<uint64_t>;
  Known operator()(std::monostate) const { return 0; }
  Known operator()(std::string_view view) const { return view.size(); }
  Known operator()(const std::string& bytes) const { return size_of(bytes); }
  Known operator()(const SharedBytes& shared) const { return size_of(shared); }
  Known operator()(const FileSlice& slice) const { return size_of(slice); }
  Known operator()(const BodyPieces& pieces) const {
    uint64_t length = 0;
    for (const BodyPiece& piece : pieces) length += std::visit([](const auto& part) { return size_of(part); }, piece);
    return length;
  }
  Known operator()(const Producer& producer) const { return producer.length; }
  Known operator()(const std::shared_ptr<const Prepared>& prepared) const { return prepared->length(); }
  Known operator()(const Upgrade&) const { return std::nullopt; }
  Known operator()(const LocalRedirect&) const { return 0; }
};

}  // namespace

std::optional<uint64_t> body_length(const BodySource& body) { return std::visit(Length(), body); }

std::string_view bytes_of(const BodySource& body) {
  if (const auto* bytes = std::get_if<std::string>(&body)) return *bytes;
  if (const auto* view = std::get_if<std::string_view>(&body)) return *view;
  if (const auto* shared = std::get_if<SharedBytes>(&body)) return shared->bytes;
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&body)) return (*prepared)->body();
  return {};
}

const FileSlice* file_of(const BodySource& body) {
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&body)) {
    return (*prepared)->file.length > 0 ? &(*prepared)->file : nullptr;
  }
  return std::get_if<FileSlice>(&body);
}

}  // namespace webserv::detail
