// Makes TOML of a text that is none, so that all that is right in it can be looked at: each fault is added to the
// findings, and in its place stands something that the reader passes over.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/text/diagnostic.h"
#include "app/toml/toml_statement.h"

namespace webserv::app {

// What stands in a mended text otherwise than in the file. Lines are the same in both.
struct Repairs {
  std::set<SourcePlace> broken;  // of keys and values that stand for what cannot be read, and of tables that lack some
  std::map<SourcePlace, Region> moved;  // of mended headers and the names in them: where they stand in the file
  bool lost_tables = false;             // a header cannot be read, so that it is not known what is missing

  Region in_file(Region region) const {
    const auto found = moved.find(region.begin);
    return found == moved.end() ? region : found->second;
  }
};

struct MendedText {
  std::string text;
  Repairs repairs;
};

class TomlMender {
 public:
  // Adds to the findings what is wrong with the statements of the text. Both outlive this.
  TomlMender(std::string_view text, Findings& findings);

  // The text without what was refused.
  MendedText mend() const;

  // Refuses also the statement in which a parser of the mended text found a fault, for the same reason. False where
  // that does not help, because the statement is refused already.
  bool refuse(SourcePlace place, std::string_view reason);

 private:
  enum class Fate : uint8_t {
    kept,
    without_value,  // its key stays, so that it is not missing
    mended,         // a header, written as it was meant
    dropped,        // with all that follows up to the next header, where it is a header
    erased,         // nothing is missing without it
  };

  // What is known of the text before a statement.
  struct Past {
    std::map<std::string, size_t> names;  // of tables, and of keys in each: the statement in which it was first seen
    size_t header = 0;                    // the statement whose table goes on
    size_t blocks = 0;                    // that have no end yet
    bool dropping = false;                // the table that goes on
  };

  void judge(size_t index, Past& past);
  // Refuses a statement whose name another one has before it. False where none has.
  bool refuse_second(size_t index, std::string name, Past& past);
  void write(size_t index, MendedText& to, uint32_t line) const;
  void write_header(const Statement& header, MendedText& to, uint32_t line) const;

  SourcePlace place(size_t offset) const;
  Region region(Span span) const { return {place(span.begin), place(span.end)}; }

  std::string_view text_;
  Findings& findings_;
  std::vector<size_t> lines_;  // where each begins
  std::vector<Statement> statements_;
  std::vector<Fate> fates_;
  std::set<size_t> lacking_;  // headers of tables that were written twice, of which the first is kept
  bool has_lists_of_tables_ = false;
};

}  // namespace webserv::app
