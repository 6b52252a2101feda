// The entries of a folder, read and put in order: as much of them as a listing shows, in little memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "webserv/base/result.h"
#include "webserv/io/file.h"

namespace webserv::detail {

// Names that begin with a dot are hidden, but for the one that RFC 8615 gave a meaning to.
inline bool is_hidden_name(std::string_view name) { return name.starts_with('.') && name != ".well-known"; }

struct ListedEntry {
  std::string_view name;  // any bytes but "/" and NUL
  bool directory = false;
  uint64_t size = 0;     // of a file
  int64_t modified = 0;  // seconds since 1970
};

// The order of a listing, as a comparison: directories always come before files; what is the same is ordered by name.
struct ListingOrder {
  enum class Key : uint8_t { name, size, mtime };
  Key key = Key::name;
  bool descending = false;

  bool operator()(const ListedEntry& a, const ListedEntry& b) const;
  bool operator==(const ListingOrder&) const = default;
};

// Of a query such as "sort=size&order=desc"; whatever is not understood is left at its default.
ListingOrder listing_order(std::string_view query);

// A folder that is to be read, and how.
struct FolderToRead {
  OpenedFile folder;
  Directory root;        // beneath which it lies
  std::string relative;  // its path there: "" or with a slash at the end
  bool hidden_files = false;
  ListingOrder order;
  size_t most;  // entries
};

class FolderEntries {
 public:
  // Above it nobody is served by a page: a million names take some 60 MB.
  static constexpr size_t most = 1'000'000;

  // Reads what can be found in the folder: no broken link, none that leads out, no FIFO. It may take long, and waits
  // for the disk. Error::value_too_large where there are more than `from.most`; else those of readdir(3).
  static Result<FolderEntries> read(FolderToRead from);

  size_t size() const { return items_.size(); }
  // A view into this object.
  ListedEntry operator[](size_t index) const;

 private:
  struct Item {
    uint64_t size;
    int64_t modified;
    uint32_t name_begins;  // in names_, which is no larger than `most` times NAME_MAX
    uint16_t name_size;
    bool directory;
  };
  ListedEntry entry_of(const Item& item) const;
  void add(std::string_view name, const struct stat& status);

  std::string names_;  // all of them, one behind the other
  std::vector<Item> items_;
};

}  // namespace webserv::detail
