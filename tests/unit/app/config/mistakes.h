// Tables of wrong configurations. What an error must point at stands between ⟦ and ⟧, which are no part of the text.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/config_reader.h"

namespace webserv::app {

struct Mistake {
  std::string text;                 // a whole file, with marks
  std::vector<std::string> errors;  // for each mark, in order: what the message says, or the suggestion, or both
};

// The snippet in a file that is right but for it: before a host, in the host "*", and in the route "/x/" of that host.
inline std::string before_host(std::string_view snippet) {
  return std::string(snippet) + "\n[vhost.\"*\"]\nroot = \"www\"\n";
}
inline std::string in_host(std::string_view snippet) { return "[vhost.\"*\"]\n" + std::string(snippet) + "\n"; }
inline std::string in_route(std::string_view snippet) {
  return "[vhost.\"*\".route.\"/x/\"]\n" + std::string(snippet) + "\n";
}

struct Marked {
  std::string text;  // without the marks
  std::vector<Region> regions;
};

inline Marked take_marks(std::string_view text) {
  constexpr std::string_view begin = "⟦", end = "⟧";
  Marked marked;
  SourcePlace place{1, 1};
  while (!text.empty()) {
    if (text.starts_with(begin)) {
      marked.regions.push_back({place, {}});
      text.remove_prefix(begin.size());
    } else if (text.starts_with(end)) {
      marked.regions.back().end = place;
      text.remove_prefix(end.size());
    } else {
      if (text.front() == '\n') {
        place = {place.line + 1, 1};
      } else if ((static_cast<unsigned char>(text.front()) & 0xC0) != 0x80) {  // the first byte of a character
        ++place.column;
      }
      marked.text += text.front();
      text.remove_prefix(1);
    }
  }
  return marked;
}

// Reads each of them: as many errors as marks, each from the first marked character to behind the last, and saying what
// is expected.
inline void expect_mistakes(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(mistake.text);
    const Marked marked = take_marks(mistake.text);
    const auto config = read_config(marked.text, "a.toml", "/etc/webserv");
    std::vector<Diagnostic> found;
    if (!config) found = config.error();
    EXPECT_EQ(found.size(), mistake.errors.size());
    for (const Diagnostic& diagnostic : found) SCOPED_TRACE(to_string(diagnostic));
    for (size_t i = 0; i < std::min(found.size(), mistake.errors.size()); ++i) {
      SCOPED_TRACE(to_string(found[i]));
      EXPECT_THAT(to_string(found[i]), ::testing::HasSubstr(mistake.errors[i]));
      ASSERT_LT(i, marked.regions.size());
      EXPECT_TRUE(found[i].region == marked.regions[i])
          << found[i].region.begin.line << ':' << found[i].region.begin.column << " to " << found[i].region.end.line
          << ':' << found[i].region.end.column;
    }
  }
}

}  // namespace webserv::app
