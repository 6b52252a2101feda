#include "webserv/handlers/files/folder_entries.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "webserv/http/uri.h"

namespace webserv::detail {

namespace {

// What opening it would say of it, without opening it.
Result<struct stat> status_of(FolderToRead& from, const DirectoryReader& reader, const DirectoryReader::Entry& entry) {
  if (entry.kind != DirectoryReader::Kind::link) {
    struct stat status {};
    if (::fstatat(reader.fd(), entry.name, &status, AT_SYMLINK_NOFOLLOW) != 0) return last_error();
    if (!S_ISLNK(status.st_mode)) return status;
  }
  return from.root.status(from.relative + entry.name, Clock::time_point());
}

}  // namespace

bool ListingOrder::operator()(const ListedEntry& a, const ListedEntry& b) const {
  if (a.directory != b.directory) return a.directory;
  const ListedEntry& first = descending ? b : a;
  const ListedEntry& second = descending ? a : b;
  switch (key) {
    case Key::name: return first.name < second.name;
    case Key::size: return std::tie(first.size, a.name) < std::tie(second.size, b.name);
    case Key::mtime: return std::tie(first.modified, a.name) < std::tie(second.modified, b.name);
  }
  return false;
}

ListingOrder listing_order(std::string_view query) {
  ListingOrder order;
  std::string key = query_value(query, "sort");
  if (key == "size") order.key = ListingOrder::Key::size;
  if (key == "mtime") order.key = ListingOrder::Key::mtime;
  order.descending = query_value(query, "order") == "desc";
  return order;
}

Result<FolderEntries> FolderEntries::read(FolderToRead from) {
  FolderEntries entries;
  DirectoryReader reader(std::move(from.folder.fd));
  for (;;) {
    Result<std::optional<DirectoryReader::Entry>> next = reader.next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    const DirectoryReader::Entry& found = **next;
    if (!from.hidden_files && is_hidden_name(found.name)) continue;
    const Result<struct stat> status = status_of(from, reader, found);
    if (!status || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode))) continue;
    if (entries.size() == from.most) return std::unexpected(Error::value_too_large);
    entries.add(found.name, *status);
  }
  const auto in_order = [&](const Item& a, const Item& b) {
    return from.order(entries.entry_of(a), entries.entry_of(b));
  };
  std::ranges::sort(entries.items_, in_order);
  return entries;
}

void FolderEntries::add(std::string_view name, const struct stat& status) {
  Item item{};
  item.directory = S_ISDIR(status.st_mode);
  item.size = item.directory ? 0 : static_cast<uint64_t>(status.st_size);
  item.modified = status.st_mtim.tv_sec;
  item.name_begins = static_cast<uint32_t>(names_.size());
  item.name_size = static_cast<uint16_t>(name.size());
  names_.append(name);
  items_.push_back(item);
}

ListedEntry FolderEntries::entry_of(const Item& item) const {
  return {.name = std::string_view(names_).substr(item.name_begins, item.name_size),
          .directory = item.directory,
          .size = item.size,
          .modified = item.modified};
}

ListedEntry FolderEntries::operator[](size_t index) const { return entry_of(items_[index]); }

}  // namespace webserv::detail
