#include "webserv/http/mime.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace webserv::detail {
namespace {

TEST(Mime, knows_the_types_of_the_web) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows = {
      {"index.html", "text/html; charset=utf-8"},
      {"index.htm", "text/html; charset=utf-8"},
      {"a.css", "text/css; charset=utf-8"},
      {"a.js", "text/javascript; charset=utf-8"},
      {"a.mjs", "text/javascript; charset=utf-8"},
      {"a.cjs", "text/javascript; charset=utf-8"},
      {"a.txt", "text/plain; charset=utf-8"},
      {"a.md", "text/markdown; charset=utf-8"},
      {"a.csv", "text/csv; charset=utf-8"},
      {"a.vtt", "text/vtt; charset=utf-8"},
      {"a.ics", "text/calendar; charset=utf-8"},
      {"a.py", "text/x-python; charset=utf-8"},
      {"a.json", "application/json"},
      {"a.js.map", "application/json"},
      {"a.jsonld", "application/ld+json"},
      {"a.geojson", "application/geo+json"},
      {"a.webmanifest", "application/manifest+json"},
      {"a.wasm", "application/wasm"},
      {"a.xml", "application/xml"},
      {"a.xhtml", "application/xhtml+xml"},
      {"a.rss", "application/rss+xml"},
      {"a.atom", "application/atom+xml"},
      {"a.toml", "application/toml"},
      {"a.yaml", "application/yaml"},
      {"a.yml", "application/yaml"},
      {"a.pdf", "application/pdf"},
      {"a.zip", "application/zip"},
      {"a.tar", "application/x-tar"},
      {"a.gz", "application/gzip"},
      {"a.tar.gz", "application/gzip"},
      {"a.zst", "application/zstd"},
      {"a.xz", "application/x-xz"},
      {"a.7z", "application/x-7z-compressed"},
      {"a.epub", "application/epub+zip"},
      {"a.svg", "image/svg+xml"},
      {"a.png", "image/png"},
      {"a.apng", "image/apng"},
      {"a.jpg", "image/jpeg"},
      {"a.jpeg", "image/jpeg"},
      {"a.gif", "image/gif"},
      {"a.webp", "image/webp"},
      {"a.avif", "image/avif"},
      {"a.jxl", "image/jxl"},
      {"a.heic", "image/heic"},
      {"favicon.ico", "image/vnd.microsoft.icon"},
      {"a.woff", "font/woff"},
      {"a.woff2", "font/woff2"},
      {"a.ttf", "font/ttf"},
      {"a.otf", "font/otf"},
      {"a.mp3", "audio/mpeg"},
      {"a.ogg", "audio/ogg"},
      {"a.opus", "audio/ogg"},
      {"a.flac", "audio/flac"},
      {"a.m4a", "audio/mp4"},
      {"a.mp4", "video/mp4"},
      {"a.webm", "video/webm"},
      {"a.ts", "video/mp2t"},
      {"a.m3u8", "application/vnd.apple.mpegurl"},
      {"a.mpd", "application/dash+xml"},
      {"a.glb", "model/gltf-binary"},
      {"a.sh", "application/x-sh"},
      {"a.c++", "text/x-c++src; charset=utf-8"},
      {"a.bin", "application/octet-stream"},
  };
  for (const auto& [name, type] : rows) EXPECT_EQ(mime_type(name), type) << name;
}

TEST(Mime, makes_no_difference_of_case) {
  EXPECT_EQ(mime_type("INDEX.HTML"), mime_type("index.html"));
  EXPECT_EQ(mime_type("a.WebP"), "image/webp");
  EXPECT_EQ(mime_type("a.X_B"), mime_type("a.x_b"));
}

TEST(Mime, looks_behind_the_last_dot_of_the_last_segment) {
  EXPECT_EQ(mime_type("a.html.txt"), "text/plain; charset=utf-8");
  EXPECT_EQ(mime_type("/srv/www/a.png"), "image/png");
  EXPECT_EQ(mime_type("a.b/c.png"), "image/png");
  EXPECT_EQ(mime_type("..png"), "image/png");
  EXPECT_EQ(mime_type("a b \xff.png"), "image/png");
}

TEST(Mime, has_a_default_for_what_it_does_not_know) {
  for (std::string_view name : {"",
                                ".",
                                "..",
                                "/",
                                "a",
                                "html",
                                "README",
                                "a.",
                                "a.html.",
                                ".html",
                                "/srv/.html",
                                "a.html/b",
                                "a.html/",
                                "a.html ",
                                "a.xyzzy",
                                "a.br",
                                "a.htmlx",
                                "a.xhtmlx",
                                "a.ht",
                                "a.html~",
                                "a.hțml",
                                "a.webmanifestx",
                                "a.0123456789abcdef",
                                "a.aaaaaaaaaaaaa",
                                "a.webmanifestwebmanifest",
                                "a.\xff",
                                ".bashrc"}) {
    EXPECT_EQ(mime_type(name), default_mime_type) << name;
  }
  EXPECT_EQ(mime_type(std::string_view("a.html\0", 7)), default_mime_type);
  EXPECT_EQ(mime_type(std::string(100'000, 'a')), default_mime_type);
}

}  // namespace
}  // namespace webserv::detail
