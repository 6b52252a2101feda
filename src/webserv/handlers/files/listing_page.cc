#include "webserv/handlers/files/listing_page.h"

#include <array>
#include <utility>

#include "webserv/base/log_text.h"
#include "webserv/base/text.h"
#include "webserv/http/date.h"
#include "webserv/http/uri.h"

namespace webserv::detail {

namespace {

constexpr std::string_view html_head = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Index of )";

constexpr std::string_view html_style = R"(</title>
<style>
  :root { color-scheme: light dark; --page: #f7f7f5; --card: #fff; --line: #e4e4df; --ink: #22252b; --faint: #5f6672;
          --mark: #0f766e; }
  @media (prefers-color-scheme: dark) {
    :root { --page: #16181d; --card: #1d2026; --line: #2e323a; --ink: #e6e7ea; --faint: #9aa1ad; --mark: #5eead4; }
  }
  body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { max-width: 58rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
  a { color: inherit; text-decoration: none; }
  a:hover, a:focus-visible { color: var(--mark); text-decoration: underline; }
  h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.4; font-weight: 600; overflow-wrap: anywhere; }
  h1 a { color: var(--mark); }
  h1 a { padding: .25rem 0; }
  h1 i { color: var(--faint); font-style: normal; font-weight: 400; padding: 0 .4em; }
  table { width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
          border-spacing: 0; overflow: hidden; }
  th, td { padding: .5rem 1rem; text-align: left; font-weight: 400; vertical-align: baseline; }
  td { border-top: 1px solid var(--line); }
  td:first-child { width: 100%; }
  td.s, td.t { color: var(--faint); white-space: nowrap; font-variant-numeric: tabular-nums; font-size: .9375rem; }
  .s { text-align: right; }
  thead th { color: var(--faint); font-size: .875rem; white-space: nowrap; }
  thead a { display: inline-block; padding: .25rem 0; }
  thead [aria-sort] { color: var(--ink); font-weight: 600; }
  tbody a { display: block; overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate;
            padding-left: 1.75rem; position: relative; }
  tbody a::before { content: ""; position: absolute; left: .1875rem; top: .25rem; width: .75rem; height: 1rem;
                    box-sizing: border-box; border: 1.5px solid var(--faint); border-radius: .125rem; opacity: .7; }
  .d a { font-weight: 600; }
  .d a::before, .d a::after { content: ""; position: absolute; left: 0; top: .4375rem; width: 1.125rem; opacity: 1;
                              height: .75rem; border: 0; background: var(--mark); border-radius: 0 .125rem .125rem; }
  .d a::after { top: .25rem; width: .5625rem; height: .25rem; border-radius: .125rem .125rem 0 0; }
  p { color: var(--faint); font-size: .875rem; margin: .75rem 1rem; }
  @media (max-width: 40rem) {
    table, thead, tbody, th, td, td:first-child { display: block; width: auto; }
    tr { display: flex; flex-wrap: wrap; border-top: 1px solid var(--line); padding: .125rem 1rem .625rem; }
    thead tr { gap: 1.5rem; border: 0; padding: .125rem 1rem; }
    th, td { padding: 0; border: 0; }
    thead a { padding: .5rem 0; }
    td:first-child { flex: 0 0 100%; }
    td a { padding-top: .5rem; }
    tbody a::before { top: .75rem; }
    .d a::before { top: .9375rem; }
    .d a::after { top: .75rem; }
    td.s, td.t { font-size: .8125rem; padding-left: 1.75rem; }
    td.s:not(:empty) + td.t { padding-left: 0; }
    td.s:empty, td.t:empty { display: none; }
    td.s + td.t:not(:empty)::before { content: "\b7"; padding: 0 .5rem; }
    td.s:empty + td.t::before { display: none; }
  }
</style>
<main>
<h1>)";

constexpr int64_t first_real_second = 2;  // a Nix store says 1, others 0, for files without a time

// Nothing of a name can end a tag, an attribute or a line.
void append_html(std::string& out, std::string_view bytes) {
  for (size_t i = 0; i < bytes.size();) {
    auto byte = static_cast<uint8_t>(bytes[i]);
    size_t size = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    std::string_view character = bytes.substr(i, size);
    bool valid = character.size() == size && is_utf8(character);
    i += valid ? size : 1;
    switch (byte) {
      case '&': out.append("&amp;"); continue;
      case '<': out.append("&lt;"); continue;
      case '>': out.append("&gt;"); continue;
      case '"': out.append("&quot;"); continue;
      case '\'': out.append("&#39;"); continue;
      default: break;
    }
    if (!valid) {
      out.append("\xef\xbf\xbd");
    } else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      out.append({'%', digits[byte >> 4], digits[byte & 15]});
    } else {
      out.append(character);
    }
  }
}

// "1,234,567"
void append_grouped(std::string& out, uint64_t number) {
  std::string digits;
  append_decimal(digits, number);
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
    out.push_back(digits[i]);
  }
}

void append_count(std::string& out, uint64_t number, std::string_view thing) {
  append_grouped(out, number);
  out.append(" ").append(thing);
  if (number != 1) out.push_back('s');
}

std::array<char, rfc3339_size> rfc3339(int64_t seconds) {
  std::array<char, rfc3339_size> text;
  write_rfc3339(text.data(), seconds);
  return text;
}

void append_time(std::string& out, int64_t seconds) {
  if (seconds < first_real_second) return;
  std::array<char, rfc3339_size> text = rfc3339(seconds);
  std::string_view whole(text.data(), text.size());
  out.append("<time datetime=\"").append(whole).append("\" title=\"").append(whole).append("\">");
  out.append(whole.substr(0, 10)).append(" ").append(whole.substr(11, 5)).append("</time>");
}

// Each folder on the way as a link to it; the last one is where we are.
void append_crumbs(std::string& out, std::string_view path) {
  if (path == "/") {
    out.append("/");
    return;
  }
  out.append("<a href=\"/\">/</a>");
  for (size_t begin = 1; begin < path.size();) {
    size_t end = std::min(path.find('/', begin), path.size());
    std::string_view name = path.substr(begin, end - begin);
    bool last = end + 1 >= path.size();
    out.append("<i>\xe2\x80\xba</i>");
    if (!last) out.append("<a href=\"").append(percent_encode_path(path.substr(0, end + 1))).append("\">");
    append_html(out, name);
    if (!last) out.append("</a>");
    begin = end + 1;
  }
}

}  // namespace

void HtmlListing::column(std::string& out, std::string_view title, std::string_view key, bool sorted,
                         bool descending_first) {
  bool next_descends = sorted ? !order_.descending : descending_first;
  out.append("<th");
  if (key == "size") out.append(" class=\"s\"");
  if (key == "mtime") out.append(" class=\"t\"");
  if (sorted) out.append(order_.descending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"");
  out.append("><a href=\"?sort=").append(key).append(next_descends ? "&amp;order=desc\">" : "&amp;order=asc\">");
  out.append(title);
  if (sorted) out.append(order_.descending ? " \xe2\x86\x93" : " \xe2\x86\x91");
  out.append("</a></th>");
}

void HtmlListing::begin(std::string& out) {
  using Key = ListingOrder::Key;
  out.append(html_head);
  append_html(out, path_);
  out.append(html_style);
  append_crumbs(out, path_);
  out.append("</h1>\n<table>\n<thead><tr>");
  column(out, "Name", "name", order_.key == Key::name, false);
  column(out, "Size", "size", order_.key == Key::size, true);
  column(out, "Modified", "mtime", order_.key == Key::mtime, true);
  out.append("</tr></thead>\n<tbody>\n");
  if (path_ != "/") {
    out.append("<tr class=\"d up\"><td><a href=\"../\">..</a></td><td class=\"s\"></td><td class=\"t\"></td></tr>\n");
  }
}

void HtmlListing::entry(std::string& out, const ListedEntry& entry) {
  out.append(entry.directory ? "<tr class=\"d\"><td><a href=\"" : "<tr><td><a href=\"");
  out.append(percent_encode_path(entry.name)).append(entry.directory ? "/\">" : "\">");
  append_html(out, entry.name);
  out.append(entry.directory ? "/</a></td><td class=\"s\">" : "</a></td><td class=\"s\" title=\"");
  if (entry.directory) {
    ++folders_;
  } else {
    ++files_;
    bytes_ += entry.size;
    append_grouped(out, entry.size);
    out.append(entry.size == 1 ? " byte\">" : " bytes\">").append(readable_size(entry.size));
  }
  out.append("</td><td class=\"t\">");
  append_time(out, entry.modified);
  out.append("</td></tr>\n");
}

void HtmlListing::end(std::string& out) {
  out.append("</tbody>\n</table>\n<p>");
  if (folders_ + files_ == 0) {
    out.append("This folder is empty.");
  } else {
    if (folders_ > 0) append_count(out, folders_, "folder");
    if (folders_ > 0 && files_ > 0) out.append(", ");
    if (files_ > 0) append_count(out, files_, "file");
    if (files_ > 0) out.append(", ").append(readable_size(bytes_));
  }
  out.append("</p>\n</main>\n</html>\n");
}

void JsonListing::entry(std::string& out, const ListedEntry& entry) {
  out.append(std::exchange(first_, false) ? "\n{\"name\": \"" : ",\n{\"name\": \"");
  log_text::append_json(out, entry.name);
  if (!is_utf8(entry.name)) {
    out.append("\", \"href\": \"").append(percent_encode_path(entry.name)).append(entry.directory ? "/" : "");
  }
  out.append(entry.directory ? "\", \"type\": \"directory\", \"size\": " : "\", \"type\": \"file\", \"size\": ");
  append_decimal(out, entry.directory ? 0 : entry.size);
  std::array<char, rfc3339_size> time = rfc3339(entry.modified);
  out.append(", \"mtime\": \"").append(time.data(), time.size()).append("\"}");
}

std::string html_text(std::string_view bytes) {
  std::string text;
  append_html(text, bytes);
  return text;
}

std::string readable_size(uint64_t bytes) {
  constexpr std::string_view units[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  size_t unit = 0;
  uint64_t tenths = bytes * 10;
  if (bytes >= 1024) {
    for (++unit; bytes >= 1024 * 1024; ++unit) bytes /= 1024;
    tenths = bytes * 10 / 1024;
  }
  std::string text;
  append_decimal(text, tenths / 10);
  if (unit > 0 && tenths < 100) text.append(".").append(1, static_cast<char>('0' + tenths % 10));
  return text.append(units[unit]);
}

}  // namespace webserv::detail
