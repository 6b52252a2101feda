// What is wrong with a configuration: a place, a reason, and what to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/text/fault.h"
#include "app/text/place.h"

namespace webserv::app {

// Every finding is an error: there are no warnings.
struct Diagnostic {
  std::string file;  // as the user named it
  Region region;     // line 0: the file as a whole
  std::string message;
  std::string suggestion;   // what to do, without a full stop: "did you mean `root`?"; may be empty
  std::string source = {};  // the first lines of the region, as they stand in the file; empty: none
};

// "site.toml:3:1: error: unknown key `rot` in [vhost."a.b"]; did you mean `root`?"
// No control byte of the file gets into it raw.
std::string to_string(const Diagnostic& diagnostic);

// A text of the user as it stands in messages: cut where it is too long to be read, and that with backquotes around it.
std::string shortened(std::string_view text);
std::string in_quotes(std::string_view text);

// Gathers what is found in one file.
class Findings {
 public:
  // Lines of a region that are kept as its source.
  static constexpr uint32_t most_lines = 4;

  // Files can be made to hold any number of errors: the first ones are shown, and how many more there are.
  static constexpr size_t most_shown = 100;

  explicit Findings(std::string file) : file_(std::move(file)) {}

  void add(Region region, std::string message, std::string suggestion = {});
  // Nothing where there is no fault; the reason of one is a whole sentence.
  void add(Region region, const std::optional<Fault>& fault) {
    if (fault) add(region, fault->reason, fault->suggestion);
  }
  bool empty() const { return count_ == 0; }
  const std::string& file() const { return file_; }
  // What is wrong at this place was found: what is found later of a region that has the place in it follows from that,
  // and is left out. Each place is behind the one before.
  void spoil(SourcePlace place) { spoilt_.push_back(place); }
  bool is_spoilt(Region region) const;
  // Whether what is found here is only counted, so that its texts need not be made.
  bool counts_only(Region region) const { return last_shown_ && region.begin > *last_shown_; }

  // What was found, in the order of the places; the last one counts those that are left out. `text` is the file's: what
  // stands at the places is taken from it.
  std::vector<Diagnostic> take(std::string_view text = {}) &&;

 private:
  // So many are kept before those that will not be shown are dropped.
  static constexpr size_t most_kept = 1000;

  void sort();

  std::string file_;
  std::vector<Diagnostic> kept_;
  std::vector<SourcePlace> spoilt_;
  size_t count_ = 0;
  std::optional<SourcePlace> last_shown_;  // once some were dropped: what is behind it will not be shown
};

}  // namespace webserv::app
