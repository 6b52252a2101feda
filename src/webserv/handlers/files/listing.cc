#include "webserv/handlers/files/listing.h"

#include <utility>

#include "webserv/handlers/files/listing_page.h"
#include "webserv/http/accept.h"
#include "webserv/io/blocking.h"

namespace webserv::detail {

namespace {

// A page is made and sent in parts of about this size: some hundred entries, half a millisecond.
constexpr size_t part_size = 64 * 1024;

// Whoever waits longer has given up, or should be told.
constexpr Gate::Limits turns{
    .most = Listings::most_at_once, .longest_queue = 1024, .longest_wait = std::chrono::seconds(60)};

std::unique_ptr<ListingPage> page_for(Request& request, const ListingOrder& order) {
  if (prefers_json(request.head().fields.joined(FieldName::accept))) return std::make_unique<JsonListing>();
  return std::make_unique<HtmlListing>(request.path(), order);
}

Response failure(Error why) {
  if (why == Error::value_too_large) {
    return error(Status::internal_server_error, "the folder has more entries than can be listed");
  }
  if (why == Error::resource_unavailable_try_again) {
    return error(Status::service_unavailable, "too much waits for the disk already");
  }
  return error(Status::internal_server_error, "the directory cannot be read");
}

// A listing under way: it is made part by part.
class Listing final : private Deadline {
 public:
  Listing(Request& request, std::shared_ptr<Gate> gate, ListingOrder order)
      : Deadline(request.loop().wheel()),
        request_(request),
        gate_(std::move(gate)),
        turn_(gate_, request.loop()),
        page_(page_for(request, order)) {
    page_->begin(part_);
  }

  Gate::Turn& turn() { return turn_; }
  void show(FolderEntries entries) { entries_ = std::move(entries); }

  // The next part; empty where there is none.
  std::string next() {
    if (ended_) return {};
    while (shown_ < entries_.size() && part_.size() < part_size) page_->entry(part_, entries_[shown_++]);
    ended_ = shown_ == entries_.size();
    if (ended_) page_->end(part_);
    return std::exchange(part_, {});
  }
  bool ended() const { return ended_; }
  std::string_view type() const { return page_->type(); }

  // Sends the rest behind the first part.
  Task<Result<>> produce(BodySink& sink, std::string part) {
    expires_at(request_.loop().now() + Listings::patience);
    Result<> sent;
    for (; sent && !part.empty(); part = next()) {
      sent = co_await sink.write(part);
      co_await request_.loop().next_turn();
    }
    never();
    co_return sent;
  }

 private:
  // Nobody holds the door shut by taking a page slowly.
  void expired() override {
    if (gate_->is_crowded()) return request_.connection().cut();
    expires_at(request_.loop().now() + std::chrono::seconds(1));
  }

  Request& request_;
  const std::shared_ptr<Gate> gate_;
  Gate::Turn turn_;
  const std::unique_ptr<ListingPage> page_;
  FolderEntries entries_;
  size_t shown_ = 0;
  std::string part_;
  bool ended_ = false;
};

}  // namespace

Listings::Listings(unsigned workers, std::shared_ptr<BlockingPool> pool, size_t most_entries)
    : pool_(std::move(pool)), most_entries_(most_entries) {
  for (unsigned i = 0; i < workers; ++i) gates_.push_back(std::make_shared<Gate>(turns));
}

Task<Response> Listings::list(Request& request, ListedFolder folder) const {
  const ListingOrder order = listing_order(request.query());
  auto listing = std::make_shared<Listing>(request, gates_[request.worker()], order);
  Gate::Turn& turn = listing->turn();
  Gate::Entry entry = co_await turn;
  if (entry != Gate::Entry::admitted) {
    Response busy = error(Status::service_unavailable, "too many folders are being listed");
    busy.fields.add("Retry-After", "5");
    co_return busy;
  }
  FolderToRead from{std::move(folder.folder),
                    std::move(folder.root),
                    std::move(folder.relative),
                    folder.hidden_files,
                    order,
                    most_entries_};
  auto read = [from = std::move(from)]() mutable { return FolderEntries::read(std::move(from)); };
  Result<Result<FolderEntries>> entries = co_await blocking(*pool_, std::move(read));
  if (!entries) co_return failure(entries.error());
  if (!*entries) co_return failure(entries->error());
  listing->show(std::move(**entries));

  // What is one part needs no turn any more, and tells its length.
  std::string first = listing->next();
  Response response = text({}, Status::ok, listing->type());
  response.fields.add("Vary", "Accept");
  if (listing->ended()) {
    response.body = std::move(first);
  } else {
    response.body = Producer{[listing, first = std::move(first)](BodySink& sink) mutable {
      return listing->produce(sink, std::move(first));
    }};
  }
  co_return response;
}

}  // namespace webserv::detail
