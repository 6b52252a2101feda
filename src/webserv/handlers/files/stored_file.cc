#include "webserv/handlers/files/stored_file.h"

#include <bit>
#include <chrono>
#include <cstring>
#include <utility>

#include "webserv/base/text.h"
#include "webserv/http/date.h"

namespace webserv::detail {

namespace {

constexpr int64_t second = 1'000'000'000;

// A file that changes all the time is read this often before an answer is made of what was read last.
constexpr int attempts = 4;

int64_t nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * second + time.tv_nsec; }

int64_t wall_nanoseconds() {
  return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

// The first `size` bytes, or less where there are no more.
Result<std::string> read_all(const Fd& file, size_t size) {
  std::string content(size, '\0');
  size_t done = 0;
  while (done < size) {
    ssize_t got = ::pread(file.get(), content.data() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error();
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  content.resize(done);
  return content;
}

std::string entity_tag(std::string_view state, Coding coding) {
  std::string tag = "\"";
  tag.append(digest(state));
  if (coding != Coding::identity) tag.append("-").append(name_of(coding));
  tag.push_back('"');
  return tag;
}

// The tag of a file that is not read. Its times and number tell its states apart. Where an image of a file system gives
// all files the same times (a Nix store), the path does: it names the content.
std::string entity_tag(const Fd& file, const StoredFile& stored, Coding coding) {
  const FileStamp& stamp = stored.stamp;
  std::string state;
  for (int64_t part : {stamp.size, stamp.modified, stamp.changed, static_cast<int64_t>(stamp.inode)}) {
    append_hex(state, static_cast<uint64_t>(part), 16);
  }
  if (stamp.modified / second <= 1) state.append(real_path(file));
  // The tag of a state that cannot be told from the next one is never given again.
  if (!stored.settled) append_hex(state, static_cast<uint64_t>(wall_nanoseconds()), 16);
  return entity_tag(state, coding);
}

ResponseFields make_fields(const StoredFileFields& from, const FileStamp& stamp, std::string_view etag) {
  ResponseFields fields;
  fields.add("Content-Type", from.type);
  if (from.coding != Coding::identity) fields.add("Content-Encoding", name_of(from.coding));
  fields.add("ETag", etag);
  // Times up to the first second mean that there is none: a Nix store has that. RFC 9110 8.8.2.1: never later than
  // Date.
  int64_t modified = stamp.modified / second;
  if (modified > 1) fields.add("Last-Modified", DateText(std::min(modified, from.now)).view());
  fields.add("Accept-Ranges", "bytes");
  if (!from.cache_control.empty()) fields.add("Cache-Control", from.cache_control);
  if (from.varies) fields.add("Vary", "Accept-Encoding");
  apply(from.rules, fields);
  return fields;
}

// Reads a small file as it was at one moment, and notes that moment in `stored`: the stamps before and after agree. Two
// changes within a tick of the kernel's clock would not show in them: of a file that has just changed two readings have
// to be the same. Nothing where it has grown too large meanwhile.
Result<std::optional<std::string>> read_consistently(const Fd& file, StoredFile& stored, const StoreOptions& options) {
  std::optional<std::string> before;
  for (int attempt = 0;; ++attempt) {
    if (stored.stamp.size > options.memory_file_size) return std::nullopt;
    bool settled = is_settled(stored.stamp, options);
    Result<std::string> content = read_all(file, static_cast<size_t>(stored.stamp.size));
    if (!content) return std::unexpected(content.error());
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return last_error();
    FileStamp after(status);
    bool whole = std::exchange(stored.stamp, after) == after && (settled || before == *content);
    if (whole || attempt == attempts) {
      stored.settled = whole && settled;
      return std::move(*content);
    }
    before = std::move(*content);
  }
}

}  // namespace

FileStamp::FileStamp(const struct stat& status)
    : device(status.st_dev),
      inode(status.st_ino),
      size(status.st_size),
      modified(nanoseconds(status.st_mtim)),
      changed(nanoseconds(status.st_ctim)) {}

bool is_settled(const FileStamp& stamp, const StoreOptions& options) {
  bool whole_seconds = stamp.changed % second == 0;
  int64_t needed = whole_seconds && options.settled_after > 0 ? 2 * second : options.settled_after;
  return wall_nanoseconds() - stamp.changed >= needed;
}

bool StoredFile::is_unchanged(Clock::time_point now) const {
  struct stat status {};
  if (::fstat(file->get(), &status) != 0 || status.st_nlink == 0 || FileStamp(status) != stamp) return false;
  looked_at_ = now;
  return true;
}

uint64_t StoredFile::memory() const {
  return sizeof *this + sizeof *prepared + prepared->fields.lines().size() + prepared->h1_text.size();
}

Result<std::shared_ptr<const StoredFile>> store_file(OpenedFile file, const StoredFileFields& fields,
                                                     const StoreOptions& options) {
  auto stored = std::make_shared<StoredFile>();
  stored->stamp = FileStamp(file.status);
  Result<std::optional<std::string>> content = read_consistently(file.fd, *stored, options);
  if (!content) return std::unexpected(content.error());
  if (*content) {
    stored->size = (*content)->size();
    ResponseFields all = make_fields(fields, stored->stamp, entity_tag(**content, fields.coding));
    stored->prepared = std::make_shared<const Prepared>(Status::ok, std::move(all), **content);
  } else {
    stored->size = static_cast<uint64_t>(stored->stamp.size);
    stored->settled = is_settled(stored->stamp, options);
    ResponseFields all = make_fields(fields, stored->stamp, entity_tag(file.fd, *stored, fields.coding));
    stored->file = std::make_shared<const Fd>(std::move(file.fd));
    stored->prepared = std::make_shared<const Prepared>(std::move(all), FileSlice{stored->file, 0, stored->size});
  }
  return stored;
}

// Two lanes that every word goes through, each a bijection of it, so nothing is lost on the way and content that
// differs in one word differs for sure. 64 bits alone would be too few for a tag that has to be right among all files
// and all their states; a cryptographic digest would be slower and is not needed: who can write files needs no
// collision.
std::string digest(std::string_view bytes) {
  constexpr uint64_t multiplier_a = 0x9e3779b185ebca87;
  constexpr uint64_t multiplier_b = 0xc2b2ae3d27d4eb4f;
  uint64_t a = bytes.size() ^ multiplier_b;
  uint64_t b = bytes.size() + multiplier_a;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min<size_t>(8, bytes.size() - i));
    a = std::rotl(a ^ word, 29) * multiplier_a;
    b = std::rotl(b + word, 37) * multiplier_b;
  }
  auto finish = [](uint64_t lane) {
    lane = (lane ^ lane >> 33) * 0xff51afd7ed558ccd;
    lane = (lane ^ lane >> 33) * 0xc4ceb9fe1a85ec53;
    return lane ^ lane >> 33;
  };
  std::string text;
  append_hex(text, finish(a + std::rotl(b, 32)), 16);
  append_hex(text, finish(b ^ multiplier_a), 16);
  return text;
}

}  // namespace webserv::detail
