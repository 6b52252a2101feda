// Reads a head or a chunked body in pieces, to compare what comes of it with what comes of the whole at once.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/http/chunk_decoder.h"
#include "webserv/http/h1_parser.h"

namespace webserv::detail {

// Where pieces end, before the last one.
using Cuts = std::vector<size_t>;

// Every way to cut `size` bytes in two, and into single bytes; at most `most` ways of the first kind, evenly spread.
inline std::vector<Cuts> all_cuts(size_t size, size_t most = static_cast<size_t>(-1)) {
  std::vector<Cuts> all;
  Cuts single;
  for (size_t cut = 0; cut <= size; ++cut) single.push_back(cut);
  size_t step = size / most + 1;
  for (size_t cut = 0; cut <= size; cut += step) all.push_back({cut});
  all.push_back(single);
  return all;
}

// True: the head is whole; false: more bytes are needed.
struct HeadOutcome {
  std::expected<bool, HttpError> whole = false;
  RequestHead head;
  std::string host;  // that of the head, which lives no longer than its parser
  size_t size = 0;
  bool keep_alive = true;
};

inline HeadOutcome read_head(std::string_view bytes, HeadLimits limits = {}, const Cuts& cuts = {}) {
  HeadOutcome outcome;
  RequestParser parser(limits);
  auto goes_on = [&](size_t size) {
    outcome.whole = parser.parse(bytes.substr(0, size), outcome.head);
    if (outcome.whole && *outcome.whole) {
      outcome.host = outcome.head.host;
      outcome.size = parser.size();
      outcome.keep_alive = parser.keep_alive();
    }
    return outcome.whole && !*outcome.whole;
  };
  for (size_t cut : cuts) {
    if (!goes_on(cut)) return outcome;
  }
  goes_on(bytes.size());
  return outcome;
}

inline bool same_place(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || a.data() == b.data());
}

// Views are compared by their places in the same bytes.
inline bool same_head(const RequestHead& a, const RequestHead& b) {
  bool same = a.method == b.method && same_place(a.method_name, b.method_name) && a.protocol == b.protocol &&
              a.target.form == b.target.form && same_place(a.target.text, b.target.text) &&
              same_place(a.target.authority, b.target.authority) && a.target.path == b.target.path &&
              same_place(a.target.query, b.target.query) && a.target.has_query == b.target.has_query &&
              a.fields.size() == b.fields.size();
  for (size_t i = 0; same && i < a.fields.size(); ++i) {
    const Field& left = a.fields.begin()[static_cast<std::ptrdiff_t>(i)];
    const Field& right = b.fields.begin()[static_cast<std::ptrdiff_t>(i)];
    same = same_place(left.name, right.name) && same_place(left.value, right.value) && left.known == right.known;
  }
  return same;
}

inline bool same_outcome(const HeadOutcome& a, const HeadOutcome& b) {
  if (a.whole != b.whole) return false;
  if (!a.whole || !*a.whole) return true;
  return same_head(a.head, b.head) && a.host == b.host && a.size == b.size && a.keep_alive == b.keep_alive;
}

struct BodyOutcome {
  std::expected<bool, HttpError> done = false;
  std::string data;
  size_t consumed = 0;  // of a body that is done
  bool operator==(const BodyOutcome&) const = default;
};

// As a connection does: what is not consumed is kept, and comes again with the next piece.
inline BodyOutcome read_chunked(std::string_view bytes, const Cuts& cuts = {}) {
  BodyOutcome outcome;
  ChunkDecoder decoder;
  size_t consumed = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    for (;;) {
      auto piece = decoder.decode(bytes.substr(consumed, end - consumed));
      if (!piece) {
        outcome.done = std::unexpected(piece.error());
        return outcome;
      }
      consumed += piece->consumed;
      outcome.data += piece->data;
      if (piece->done) {
        outcome.done = true;
        outcome.consumed = consumed;
        return outcome;
      }
      if (consumed == end) break;
    }
  }
  return outcome;
}

}  // namespace webserv::detail
