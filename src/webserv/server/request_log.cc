#include "webserv/server/request_log.h"

#include <algorithm>
#include <array>

#include "webserv/server/request.h"
#include "webserv/server/response.h"

namespace webserv::detail {

void RequestLog::finished(const FinishedRequest& what) {
  Request& request = what.request;
  const RequestHead& head = request.head();
  std::array<char, 46> address;
  AccessRecord record;
  record.unix_microseconds = what.began;
  record.request_id = request.id();
  record.vhost = request.vhost;
  record.route = request.route;
  record.listener = request.listener();
  record.remote_addr = request.peer().text(address);
  record.method = head.method_name;
  record.target = head.target.text;
  if (!head.method_name.empty()) record.http_version = version_of(head.protocol);
  record.status = code(what.response.status);
  record.user_agent = head.fields.value(FieldName::user_agent);
  record.referer = head.fields.value(FieldName::referer);
  record.request_bytes = what.request_bytes;
  record.response_bytes = what.response_bytes;
  record.duration_microseconds = static_cast<uint64_t>(std::max<int64_t>(what.ended - what.began, 0));
  if (const LogNote* note = request.notes().find<LogNote>()) record.more = note->numbers;
  record.error = what.response.reason;
  log_->add(record, loop_.now());
  expires_at(log_->due());
}

}  // namespace webserv::detail
