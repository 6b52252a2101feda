// The head of a program's output comes to the same however its bytes are split, and what is passed on cannot be taken
// for anything else: no field of it breaks a line, frames a message or belongs to the connection.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "support/splits.h"
#include "webserv/base/text.h"
#include "webserv/http/cgi_head.h"
#include "webserv/http/h1_writer.h"

namespace {

using namespace webserv;
using namespace webserv::detail;

constexpr size_t most_cuts = 256;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  std::expected<bool, CgiMistake> whole = false;
  CgiHead head;
};

Outcome read(std::string_view bytes, const Cuts& cuts = {}) {
  Outcome outcome;
  CgiHeadParser parser;
  for (size_t cut : cuts) {
    outcome.whole = parser.parse(bytes.substr(0, cut), outcome.head);
    if (!outcome.whole || *outcome.whole) return outcome;
  }
  outcome.whole = parser.parse(bytes, outcome.head);
  return outcome;
}

void require_same(const Outcome& a, const Outcome& b) {
  require(a.whole == b.whole);
  if (!a.whole || !*a.whole) return;
  require(a.head.status == b.head.status && a.head.size == b.head.size && a.head.sendfile == b.head.sendfile);
  require(a.head.local_redirect == b.head.local_redirect && a.head.content_length == b.head.content_length);
  require(a.head.fields.size() == b.head.fields.size());
  for (size_t i = 0; i < a.head.fields.size(); ++i) {
    require(a.head.fields[i].name == b.head.fields[i].name && a.head.fields[i].value == b.head.fields[i].value);
  }
}

void check_accepted(std::string_view bytes, const CgiHead& head) {
  require(head.size <= bytes.size() && head.size <= CgiHeadParser::max_size);
  require(bytes.substr(0, head.size).ends_with('\n'));
  require(code(head.status) >= 200 && code(head.status) <= 599);
  require(head.local_redirect.empty() || head.local_redirect.starts_with('/'));
  for (const Field& field : head.fields) {
    require(is_safe_field(field.name, field.value) && field.value == trim(field.value));
    for (std::string_view own : {"Status", "Content-Length", "Transfer-Encoding", "Connection", "Date", "X-Sendfile"}) {
      require(!equals_ignoring_case(field.name, own));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Outcome whole = read(bytes);
  for (const Cuts& cuts : all_cuts(size, most_cuts)) require_same(read(bytes, cuts), whole);
  if (!whole.whole) require(!whole.whole.error().empty());
  if (whole.whole && *whole.whole) check_accepted(bytes, whole.head);
  return 0;
}
