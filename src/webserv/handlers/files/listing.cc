#include "webserv/handlers/files/listing.h"

#include <fcntl.h>

#include <optional>
#include <set>
#include <utility>

#include "webserv/handlers/files/listing_page.h"
#include "webserv/http/accept.h"

namespace webserv {

namespace {

// Entries that are looked at or written before other connections get their turn: about half a millisecond.
constexpr size_t entries_per_turn = 256;

// A long listing is made of parts of about this size: one large text would be copied whenever it grows.
constexpr size_t part_size = 64 * 1024;

// What open() would say of it, without opening it.
Result<struct stat> status_of(Directory& directory, const std::string& relative, const DirectoryReader& reader,
                              const DirectoryReader::Entry& entry, Clock::time_point now) {
  if (entry.kind != DirectoryReader::Kind::link) {
    struct stat status {};
    if (::fstatat(reader.fd(), entry.name, &status, AT_SYMLINK_NOFOLLOW) != 0) return last_error();
    if (!S_ISLNK(status.st_mode)) return status;
  }
  return directory.status(relative + entry.name, now);
}

// Nothing where it cannot be served.
std::optional<ListedEntry> listed(const char* name, const Result<struct stat>& status) {
  if (!status || (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode))) return std::nullopt;
  ListedEntry entry;
  entry.name = name;
  entry.directory = S_ISDIR(status->st_mode);
  entry.size = entry.directory ? 0 : static_cast<uint64_t>(status->st_size);
  entry.modified = status->st_mtim.tv_sec;
  return entry;
}

}  // namespace

Task<Response> list_directory(Request& request, Directory& directory, std::string relative, OpenedFile folder,
                              ListingOptions options) {
  ListingOrder order = listing_order(request.query());
  // Kept in order from the beginning: to sort it all at the end would take long at once.
  std::set<ListedEntry, ListingOrder> entries(order);
  DirectoryReader reader(std::move(folder.fd));
  bool cut = false;
  for (size_t looked_at = 1; !cut; ++looked_at) {
    Result<std::optional<DirectoryReader::Entry>> next = reader.next();
    if (!next) co_return error(Status::internal_server_error, "the directory cannot be read");
    if (!*next) break;
    const DirectoryReader::Entry& found = **next;
    if (options.hidden_files || !is_hidden_name(found.name)) {
      Clock::time_point now = request.loop().now();
      std::optional<ListedEntry> entry = listed(found.name, status_of(directory, relative, reader, found, now));
      cut = entry && entries.size() == max_listed_entries;
      if (entry && !cut) entries.insert(std::move(*entry));
    }
    if (looked_at % entries_per_turn == 0) co_await request.loop().next_turn();
  }

  HtmlListing html(request.path(), order);
  JsonListing json;
  bool for_programs = prefers_json(request.head().fields.joined(FieldName::accept));
  ListingPage& page = for_programs ? static_cast<ListingPage&>(json) : html;
  BodyPieces parts;
  std::string part;
  page.begin(part);
  for (size_t written = 1; !entries.empty(); ++written) {
    page.entry(part, entries.extract(entries.begin()).value());
    if (part.size() >= part_size) parts.emplace_back(std::exchange(part, {}));
    if (written % entries_per_turn == 0) co_await request.loop().next_turn();
  }
  page.end(part, cut);
  Response response = text(std::move(part), Status::ok, page.type());
  if (!parts.empty()) {
    parts.emplace_back(std::move(std::get<std::string>(response.body)));
    response.body = std::move(parts);
  }
  response.fields.add("Vary", "Accept");
  co_return response;
}

}  // namespace webserv
