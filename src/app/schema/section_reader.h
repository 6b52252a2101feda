// From a section to the values of the program: what the texts mean. What is wrong with them is added to the findings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/schema/section.h"
#include "app/text/diagnostic.h"
#include "app/text/values.h"
#include "webserv/base/clock.h"

namespace webserv::app {

class SectionReader {
 public:
  // What is wrong with a text; nothing where it is right.
  using FaultOf = std::optional<Fault> (*)(std::string_view text);
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  // Borrows all three. Relative paths start at `folder`.
  SectionReader(const Section& section, std::string_view folder, Findings& findings)
      : section_(section), folder_(folder), findings_(findings) {}

  const Section& section() const { return section_; }
  std::string_view folder() const { return folder_; }
  Findings& findings() const { return findings_; }

  // The value of a key of the right type, or `otherwise` where the key was left out or refused.
  bool truth(std::string_view key, bool otherwise) const;
  uint64_t number(std::string_view key, uint64_t otherwise) const;
  Clock::duration time(std::string_view key, Clock::duration otherwise) const;
  std::string text(std::string_view key, std::string_view otherwise, FaultOf fault_of = nullptr) const;
  std::vector<std::string> texts(std::string_view key, std::vector<std::string> otherwise, FaultOf fault_of) const;

  // Likewise, and empty otherwise. Paths are absolute.
  std::string path(std::string_view key) const;
  std::vector<std::string> paths(std::string_view key) const;
  Pairs pairs(std::string_view key, FaultOf fault_of_name, FaultOf fault_of_value) const;

  // The table that is the value of a key; nothing where it was left out or refused.
  std::optional<SectionReader> table(std::string_view key) const;

  // What is wrong with a text, which the reason follows; with a key that stands there; with its value.
  void refuse(const Text& text, const Fault& fault) const;
  void refuse_key(std::string_view key, std::string message, std::string suggestion = {}) const;
  void refuse_value(std::string_view key, std::string message, std::string suggestion = {}) const;

 private:
  const Section& section_;
  std::string_view folder_;
  Findings& findings_;
};

}  // namespace webserv::app
