#include "app/text/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

constexpr size_t tab_width = 4;

struct CodePoints {
  uint32_t first, last;
};

// Unicode's East_Asian_Width W and F, and emoji, in coarse ranges: one that is not assigned does no harm.
constexpr auto wide = std::to_array<CodePoints>(
    {{0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},   {0x26A1, 0x26A1},
     {0x2705, 0x2705},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2753, 0x2755},   {0x2795, 0x2797},
     {0x2B1B, 0x2B1C},   {0x2E80, 0x303E},   {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97C},
     {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF01, 0xFF60},   {0xFFE0, 0xFFE6},
     {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FC}, {0x1F7E0, 0x1F7EB}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD}});

// Marks that stand on the character before them, variation selectors among them.
constexpr auto combining = std::to_array<CodePoints>(
    {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},   {0x064B, 0x065F},  {0x0670, 0x0670},
     {0x06D6, 0x06DC}, {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948},   {0x094D, 0x094D},  {0x0E31, 0x0E31},
     {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x20D0, 0x20FF},  {0x302A, 0x302D},
     {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF}});

// What nobody sees, or what moves others: soft hyphen, joiners, marks and overrides of direction, line separators,
// tags.
constexpr auto invisible = std::to_array<CodePoints>({{0x00AD, 0x00AD},
                                                      {0x061C, 0x061C},
                                                      {0x180E, 0x180E},
                                                      {0x200B, 0x200F},
                                                      {0x2028, 0x202E},
                                                      {0x2060, 0x206F},
                                                      {0xFEFF, 0xFEFF},
                                                      {0xFFF9, 0xFFFB},
                                                      {0xE0000, 0xE007F}});

bool is_in(uint32_t code_point, std::span<const CodePoints> ranges) {
  const auto* range = std::ranges::upper_bound(ranges, code_point, {}, &CodePoints::first).base();
  return range != ranges.data() && code_point <= (range - 1)->last;
}

uint32_t decode(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0);
  uint32_t code_point = byte(0) & (0x7Fu >> character.size());
  for (size_t i = 1; i < character.size(); ++i) code_point = code_point << 6 | (byte(i) & 0x3Fu);
  return code_point;
}

Cell spelled(std::string text) {
  const size_t width = text.size();
  return {std::move(text), width};
}

Cell cell_of(std::string_view character) {
  const uint32_t code_point = decode(character);
  if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0))
    return spelled(fmt::format("\\x{:02x}", code_point));
  if (code_point < 0x7F) return {std::string(character), 1};
  if (is_in(code_point, invisible)) return spelled(fmt::format("\\u{{{:04x}}}", code_point));
  if (is_in(code_point, combining)) return {std::string(character), 0};
  return {std::string(character), is_in(code_point, wide) ? size_t{2} : size_t{1}};
}

}  // namespace

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  cells.reserve(line.size());
  size_t column = 0;
  while (!line.empty()) {
    const size_t size = character_size(line);
    if (line.front() == '\t') {
      cells.push_back(spelled(std::string(tab_width - column % tab_width, ' ')));
    } else if (size == 0) {
      cells.push_back(spelled(fmt::format("\\x{:02x}", static_cast<unsigned char>(line.front()))));
    } else {
      cells.push_back(cell_of(line.substr(0, size)));
    }
    column += cells.back().width;
    line.remove_prefix(std::max<size_t>(size, 1));
  }
  return cells;
}

}  // namespace webserv::app
