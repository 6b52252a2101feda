#include "webserv/http/scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace webserv::detail::scan {
namespace {

constexpr std::string_view alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_one_of(char c, std::string_view more) { return alphanumeric.contains(c) || more.contains(c); }

TEST(Scan, knows_the_kinds_of_each_byte) {
  for (unsigned i = 0; i < 256; ++i) {
    char c = static_cast<char>(i);
    bool visible = i > 0x20 && i < 0x7f;
    EXPECT_EQ(is(token, c), is_one_of(c, "!#$%&'*+-.^_`|~")) << i;
    EXPECT_EQ(is(field_value, c), (i >= 0x20 && i != 0x7f) || c == '\t') << i;
    EXPECT_EQ(is(target, c), visible && c != '#') << i;
    EXPECT_EQ(is(plain_path, c), visible && c != '#' && c != '%' && c != '?') << i;
    EXPECT_EQ(is(host, c), is_one_of(c, "-._~!$&'()*+;=")) << i;
    EXPECT_EQ(is(unreserved, c), is_one_of(c, "-._~")) << i;
    EXPECT_EQ(is(blank, c), c == ' ' || c == '\t') << i;
  }
}

template <class Bytes>
class ScanTest : public testing::Test {};
using Kinds = testing::Types<Token, FieldValue, TargetText, PlainPath, HostName, LowerHostName>;
TYPED_TEST_SUITE(ScanTest, Kinds);

TYPED_TEST(ScanTest, has_no_usual_bytes_that_are_not_of_the_kind) {
  for (unsigned i = 0; i < 256; ++i) {
    std::string all(16, static_cast<char>(i));
    auto usual_8 = TypeParam::usual(load<Block8>(all.data()));
    auto usual_16 = TypeParam::usual(load<Block16>(all.data()));
    EXPECT_EQ(usual_8[3], usual_16[13]) << i;
    EXPECT_TRUE(usual_8[3] == 0 || (usual_8[3] == -1 && is(TypeParam::kind, all[0]))) << i;
  }
}

// The first byte that is not of the kind, found one by one.
template <class Bytes>
size_t first_other(std::string_view text) {
  size_t at = 0;
  while (at < text.size() && is(Bytes::kind, text[at])) ++at;
  return at;
}

// Every way to find it, on bytes of their own, so that a sanitizer sees what is read beyond them.
template <class Bytes>
void check(std::string_view bytes, size_t from) {
  std::unique_ptr<char[]> copy(new char[bytes.size()]);
  std::memcpy(copy.get(), bytes.data(), bytes.size());
  Text text(copy.get(), copy.get() + bytes.size());
  const char* begin = copy.get() + from;
  const char* expected = begin + first_other<Bytes>(bytes.substr(from));
  EXPECT_EQ(text.first_other<Bytes>(begin), expected);
  EXPECT_EQ(text.skip_one_by_one<Bytes>(text.skip_few<Bytes>(begin)), expected);
  EXPECT_EQ(text.skip_one_by_one<Bytes>(begin), expected);
  EXPECT_EQ(text.skip_by_8<Bytes>(begin), expected);
#ifdef __SSE2__
  EXPECT_EQ(text.skip_one_by_one<Bytes>(text.skip_by_16<Bytes>(begin)), expected);
#endif
  EXPECT_EQ(all<Bytes>({begin, text.end()}), expected == text.end());
}

TYPED_TEST(ScanTest, finds_each_byte_at_each_place_in_every_way) {
  for (size_t size = 0; size <= 50; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'x');
      for (char c :
           {'\0', '\t', '\n', '\r', ' ', '!', '#', '%', ',', '.', ':', '?', '@', '[', '_', '~', '\x7f', '\x80'}) {
        text[at] = c;
        check<TypeParam>(text, 0);
      }
    }
    check<TypeParam>(std::string(size, 'x'), 0);
  }
}

TYPED_TEST(ScanTest, finds_each_byte_from_each_beginning) {
  for (size_t from = 0; from <= 40; ++from) {
    for (size_t at = 0; at < 40; ++at) {
      std::string text(40, 'x');
      text[at] = ' ';
      check<TypeParam>(text, from);
      text[at] = '\0';
      check<TypeParam>(text, from);
    }
  }
}

TYPED_TEST(ScanTest, tells_every_byte) {
  for (unsigned i = 0; i < 256; ++i) {
    std::string text = "a-b-c-d-e-f-g-h-i-j-k-l-m";
    text[11] = static_cast<char>(i);
    check<TypeParam>(text, 0);
    check<TypeParam>(text, 8);
    check<TypeParam>(text.substr(4, 9), 0);
  }
}

}  // namespace
}  // namespace webserv::detail::scan
