// Laws of the preconditions that hold whatever the fields say. Input: the current tag, then the values of two fields,
// a line each.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webserv/http/conditional.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

constexpr int64_t now = 1'795'252'800;     // 2026-11-21T09:20:00Z
constexpr int64_t modified = 784'111'777;  // 1994-11-06T08:49:37Z

void require(bool holds) {
  if (!holds) std::abort();
}

using Lines = std::vector<std::pair<FieldName, std::string_view>>;

Outcome outcome(Method method, const Lines& lines, const Validators& validators) {
  Fields fields;
  for (const auto& [name, value] : lines) fields.add({"", value, name});
  return evaluate(method, fields, validators, now);
}

bool matches_strongly(std::string_view list, const Validators& validators) {
  return outcome(Method::get, {{FieldName::if_match, list}}, validators) == Outcome::proceed;
}

bool matches_weakly(std::string_view list, const Validators& validators) {
  return outcome(Method::get, {{FieldName::if_none_match, list}}, validators) == Outcome::not_modified;
}

std::string_view take_line(std::string_view& text) {
  size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check_lists(const std::string& a, const std::string& b, const Validators& current) {
  std::string joined = a + ", " + b;
  Lines repeated = {{FieldName::if_none_match, a}, {FieldName::if_none_match, b}};
  require((outcome(Method::get, repeated, current) == Outcome::not_modified) == matches_weakly(joined, current));
  repeated = {{FieldName::if_match, a}, {FieldName::if_match, b}};
  require((outcome(Method::get, repeated, current) == Outcome::proceed) == matches_strongly(joined, current));
  require(!matches_strongly(a, current) || matches_weakly(a, current));

  // A list says the same to every method.
  bool weakly = matches_weakly(a, current);
  Outcome refused = weakly ? Outcome::precondition_failed : Outcome::proceed;
  require(outcome(Method::put, {{FieldName::if_none_match, a}}, current) == refused);

  std::optional<EntityTag> tag = parse_entity_tag(current.etag);
  if (!tag) {
    require(!weakly || a.find('*') != std::string::npos);
    return;
  }
  // What stands beside the tag does not hide it, garbage or not; none but a strong one holds strongly.
  for (const std::string& list : {std::string(current.etag) + "," + a, a + ", " + std::string(current.etag)}) {
    require(matches_weakly(list, current));
    require(matches_strongly(list, current) == !tag->weak || matches_strongly(a, current));
  }
}

void check_order(std::string_view a, std::string_view b, const Validators& current) {
  using enum FieldName;
  for (Method method : {Method::get, Method::head, Method::put}) {
    require(outcome(method, {{if_match, a}}, current) ==
            outcome(method, {{if_unmodified_since, b}, {if_match, a}}, current));
    require(outcome(method, {{if_none_match, a}}, current) ==
            outcome(method, {{if_modified_since, b}, {if_none_match, a}}, current));
    if (outcome(method, {{if_match, a}}, current) == Outcome::precondition_failed) {
      require(outcome(method, {{if_none_match, b}, {if_match, a}}, current) == Outcome::precondition_failed);
    } else {
      require(outcome(method, {{if_none_match, b}, {if_match, a}}, current) ==
              outcome(method, {{if_none_match, b}}, current));
    }
  }
  require(outcome(Method::put, {{if_modified_since, a}}, current) == Outcome::proceed);
  require(outcome(Method::options, {{if_match, a}, {if_none_match, b}}, current) == Outcome::proceed);
  // The same date cannot be both too late and too early.
  bool changed = outcome(Method::get, {{if_unmodified_since, a}}, current) == Outcome::precondition_failed;
  bool same = outcome(Method::get, {{if_modified_since, a}}, current) == Outcome::not_modified;
  require(!changed || !same);
}

void check_if_range(std::string_view value, const Validators& current) {
  if (if_range_holds(value, current)) require(value == current.etag && matches_strongly(value, current));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  Validators current{take_line(text), modified};
  std::string a(take_line(text));
  std::string b(take_line(text));
  check_lists(a, b, current);
  check_order(a, b, current);
  check_order(b, a, current);
  check_if_range(a, current);
  return 0;
}
