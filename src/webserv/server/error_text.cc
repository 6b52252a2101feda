#include "webserv/server/error_text.h"

#include "webserv/base/text.h"
#include "webserv/http/accept.h"

namespace webserv::detail {

namespace {

// What it means for the person who reads it.
std::string_view sentence(Status status) {
  switch (status) {
    case Status::bad_request: return "The server could not make sense of this request.";
    case Status::unauthorized: return "You need to sign in to see this.";
    case Status::forbidden: return "You are not allowed to see this.";
    case Status::not_found: return "There is nothing at this address. It may have moved, or the link may be mistyped.";
    case Status::method_not_allowed: return "This address cannot be used in that way.";
    case Status::not_acceptable: return "There is no form of this that your program accepts.";
    case Status::request_timeout: return "The request took too long to arrive. Please try again.";
    case Status::conflict: return "Someone else has changed this meanwhile.";
    case Status::gone: return "What was here has been removed for good.";
    case Status::length_required: return "The request has to say how long it is.";
    case Status::precondition_failed: return "This has changed since you last saw it.";
    case Status::content_too_large: return "What you sent is larger than this server takes.";
    case Status::uri_too_long: return "This address is longer than this server reads.";
    case Status::unsupported_media_type: return "This server does not take that kind of content here.";
    case Status::range_not_satisfiable: return "The part you asked for lies beyond the end.";
    case Status::expectation_failed: return "The server cannot do what the request expects of it.";
    case Status::misdirected_request: return "No site of that name is served here.";
    case Status::upgrade_required: return "This address needs another protocol.";
    case Status::too_many_requests: return "That was a lot of requests. Please wait a moment.";
    case Status::request_header_fields_too_large: return "The request's fields are larger than this server reads.";
    case Status::internal_server_error: return "Something went wrong on our side. It is not your fault.";
    case Status::not_implemented: return "This server does not know how to do that.";
    case Status::bad_gateway: return "A program behind this server gave no proper answer.";
    case Status::service_unavailable: return "The server is busy just now. Please try again in a moment.";
    case Status::gateway_timeout: return "A program behind this server took too long.";
    case Status::version_not_supported: return "This server does not speak that version of HTTP.";
    case Status::insufficient_storage: return "There is no room left to store this.";
    default: break;
  }
  return code(status) < 500 ? "This request cannot be answered." : "The server could not answer this request.";
}

std::string_view phrase(Status status) {
  std::string_view known = reason_phrase(status);
  return known.empty() ? "Error" : known;
}

// Code and phrase, for titles and plain text: "404 Not Found".
std::string headline(Status status) {
  std::string text;
  append_decimal(text, code(status));
  return text.append(" ").append(phrase(status));
}

constexpr std::string_view page_begin = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>)";

constexpr std::string_view page_style = R"(</title>
<style>
  :root { color-scheme: light dark; --page: #f7f7f5; --ink: #22252b; --faint: #5f6672; --mark: #0f766e; }
  @media (prefers-color-scheme: dark) { :root { --page: #16181d; --ink: #e6e7ea; --faint: #9aa1ad; --mark: #5eead4; } }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page); color: var(--ink);
         font: 1.0625rem/1.6 system-ui, sans-serif; }
  main { max-width: 26rem; padding: 2rem 1.5rem; }
  b { font-size: clamp(4rem, 18vw, 6rem); line-height: 1; letter-spacing: -.04em; color: var(--mark); }
  h1 { margin: .75rem 0 .25rem; font-size: 1.375rem; line-height: 1.3; }
  p { margin: 0; color: var(--faint); }
</style>
<main>
<b>)";

}  // namespace

std::string error_html(Status status) {
  std::string page(page_begin);
  page.append(headline(status)).append(page_style);
  append_decimal(page, code(status));
  page.append("</b>\n<h1>").append(phrase(status)).append("</h1>\n<p>");
  page.append(sentence(status)).append("</p>\n</main>\n</html>\n");
  return page;
}

std::string error_text(Status status) { return headline(status).append(": ").append(sentence(status)).append("\n"); }

void put_built_in_page(Response& error, std::string_view accept) {
  error.page = ErrorPage::built_in;
  if (!std::holds_alternative<std::monostate>(error.body)) return;
  // Clients that are no browsers say "*/*" or nothing: a line of text serves them better than a page.
  bool named = accept.find("text/html") != std::string_view::npos && media_quality(accept, "text/html") > 0;
  bool html = named && !prefers(accept, "text/plain", "text/html");
  error.fields.set("Content-Type", html ? "text/html; charset=utf-8" : "text/plain; charset=utf-8");
  error.fields.join("Vary", "Accept");
  error.body = html ? error_html(error.status) : error_text(error.status);
}

}  // namespace webserv::detail
