#include "webserv/server/representation.h"

#include <cstdlib>
#include <optional>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/date.h"
#include "webserv/http/range.h"
#include "webserv/io/loop.h"
#include "webserv/server/body_length.h"
#include "webserv/server/prepared.h"

namespace webserv::detail {

namespace {

// What describes the representation that is not sent after all. Other fields, such as those of the configuration, stay.
constexpr std::string_view described[] = {"Content-Type", "Content-Encoding", "Content-Language", "Accept-Ranges"};
constexpr std::string_view of_success[] = {"ETag", "Last-Modified", "Cache-Control", "Expires", "Content-Location"};

// Whoever sends none of these does not ask when it was modified.
constexpr FieldSet date_fields = field_set(FieldName::if_modified_since, FieldName::if_unmodified_since);

// RFC 9110 15.4.5: what a cache updates its copy with, and no more.
void make_not_modified(Response& response) {
  for (std::string_view name : described) response.fields.remove(name);
  if (response.fields.has("ETag")) response.fields.remove("Last-Modified");
  response.status = Status::not_modified;
  response.body = {};
  response.finished = false;  // what the rules say of such fields holds for it, too
}

void refuse(Status status, std::string_view reason, Response& response) {
  for (std::string_view name : described) response.fields.remove(name);
  for (std::string_view name : of_success) response.fields.remove(name);
  Response refusal = error(status, reason);
  refusal.fields = std::move(response.fields);
  refusal.close = response.close;
  response = std::move(refusal);
}

// Takes the body out as something that can be cut; nothing where that is not possible.
std::optional<BodyPiece> take_divisible(BodySource& body) {
  if (auto* bytes = std::get_if<std::string>(&body)) {
    auto owner = std::make_shared<const std::string>(std::move(*bytes));
    return SharedBytes{owner, *owner};
  }
  if (auto* view = std::get_if<std::string_view>(&body)) return SharedBytes{nullptr, *view};
  if (auto* shared = std::get_if<SharedBytes>(&body)) return std::move(*shared);
  if (auto* slice = std::get_if<FileSlice>(&body)) return std::move(*slice);
  return std::nullopt;
}

BodyPiece cut(const BodyPiece& whole, const ByteRange& range) {
  if (const auto* slice = std::get_if<FileSlice>(&whole)) {
    return FileSlice{slice->file, slice->from + range.first, range.size()};
  }
  const auto& shared = std::get<SharedBytes>(whole);
  return SharedBytes{shared.owner, shared.bytes.substr(range.first, range.size())};
}

// Nobody can foretell it, so no file can be made to hold it.
std::string random_boundary() {
  uint64_t random[2];
  ::arc4random_buf(random, sizeof random);
  std::string boundary;
  for (uint64_t part : random) append_hex(boundary, part, 16);
  return boundary;
}

void send_one_part(Response& response, const BodyPiece& whole, const ByteRange& range, uint64_t length) {
  response.status = Status::partial_content;
  response.fields.set("Content-Range", ContentRange(range, length).view());
  BodyPiece part = cut(whole, range);
  if (auto* slice = std::get_if<FileSlice>(&part)) {
    response.body = std::move(*slice);
  } else {
    response.body = std::move(std::get<SharedBytes>(part));
  }
}

void send_parts(Response& response, const BodyPiece& whole, std::span<const ByteRange> ranges, uint64_t length) {
  std::string boundary = random_boundary();
  std::string type(response.fields.value("Content-Type"));
  Byteranges parts{boundary, type, length};
  BodyPieces pieces;
  for (const ByteRange& range : ranges) {
    pieces.emplace_back(parts.part_head(range, pieces.empty()));
    pieces.push_back(cut(whole, range));
  }
  pieces.emplace_back(parts.closing());
  response.status = Status::partial_content;
  response.fields.set("Content-Type", parts.content_type());
  response.body = std::move(pieces);
}

void select_range(std::string_view field, Response& response) {
  const std::optional<uint64_t> known = body_length(response.body);
  if (!known) return;
  const uint64_t length = *known;
  Ranges ranges = Ranges::parse(field, length);
  if (ranges.kind() == Ranges::Kind::ignore) return;
  if (ranges.kind() == Ranges::Kind::unsatisfiable) {
    refuse(Status::range_not_satisfiable, "no part of the range is there", response);
    response.fields.set("Content-Range", ContentRange::unsatisfied(length).view());
    return;
  }
  std::optional<BodyPiece> whole = take_divisible(response.body);
  if (!whole) return;
  if (ranges.all().size() == 1) return send_one_part(response, *whole, ranges.all().front(), length);
  send_parts(response, *whole, ranges.all(), length);
}

}  // namespace

void select_representation(Request& request, Response& response) {
  bool reads = request.method() == Method::get || request.method() == Method::head;
  if (!reads || response.status != Status::ok) return;
  if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&response.body)) {
    response = unfold(std::shared_ptr<const Prepared>(*prepared));
  }
  const Fields& fields = request.head().fields;
  int64_t now = request.loop().unix_seconds();
  Validators validators;
  validators.etag = response.fields.value("ETag");
  if (validators.etag.empty() || fields.any(date_fields)) {
    validators.last_modified = parse_http_date(response.fields.value("Last-Modified"), now);
  }
  switch (evaluate(request.method(), fields, validators, now)) {
    case Outcome::not_modified: return make_not_modified(response);
    case Outcome::precondition_failed:
      return refuse(Status::precondition_failed, "a precondition does not hold", response);
    case Outcome::proceed: break;
  }
  if (validators.etag.empty() && !validators.last_modified) return;
  // RFC 9110 14.2: Range is for GET alone; one that is repeated is malformed, and ignored.
  if (request.method() == Method::head || !fields.has(FieldName::range) || fields.repeated(FieldName::range)) return;
  if (fields.has(FieldName::if_range)) {
    bool holds = !fields.repeated(FieldName::if_range) && if_range_holds(fields.value(FieldName::if_range), validators);
    if (!holds) return;
  }
  select_range(fields.value(FieldName::range), response);
}

}  // namespace webserv::detail
