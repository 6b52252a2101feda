// How a listing looks: as HTML for people, as JSON for programs. Made entry by entry, so that a long one can pause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "webserv/handlers/files/folder_entries.h"

namespace webserv::detail {

// A listing is begin, the entries in their order, and end.
class ListingPage {
 public:
  virtual ~ListingPage() = default;
  virtual std::string_view type() const = 0;  // Content-Type
  virtual void begin(std::string& out) = 0;
  virtual void entry(std::string& out, const ListedEntry& entry) = 0;
  virtual void end(std::string& out) = 0;
};

// A page without scripts; `path` is that of the request, with a slash at the end.
class HtmlListing final : public ListingPage {
 public:
  HtmlListing(std::string_view path, ListingOrder order) : path_(path), order_(order) {}
  std::string_view type() const override { return "text/html; charset=utf-8"; }
  void begin(std::string& out) override;
  void entry(std::string& out, const ListedEntry& entry) override;
  void end(std::string& out) override;

 private:
  void column(std::string& out, std::string_view title, std::string_view key, bool sorted, bool descending_first);

  const std::string path_;
  const ListingOrder order_;
  uint64_t folders_ = 0;
  uint64_t files_ = 0;
  uint64_t bytes_ = 0;
};

// [{"name": "a.txt", "type": "file", "size": 5, "mtime": "2026-11-21T09:20:00Z"}, ...]. A name that is no UTF-8 has
// U+FFFD in the wrong places and an "href" beside, which is always right.
class JsonListing final : public ListingPage {
 public:
  std::string_view type() const override { return "application/json"; }
  void begin(std::string& out) override { out.push_back('['); }
  void entry(std::string& out, const ListedEntry& entry) override;
  void end(std::string& out) override { out.append("\n]\n"); }

 private:
  bool first_ = true;
};

// Text as it may stand in HTML, between tags and in attributes: control bytes as %XX, bytes that are no UTF-8 as
// U+FFFD.
std::string html_text(std::string_view bytes);

// "0 B", "1.5 KiB", "23 MiB".
std::string readable_size(uint64_t bytes);

}  // namespace webserv::detail
