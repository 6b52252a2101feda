#include "app/text/values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>

#include "webserv/base/text.h"

namespace webserv::app {

using namespace detail;

namespace {

struct Scale {
  std::string_view unit;
  uint64_t factor;
  std::array<std::string_view, 6> slips;  // what people write instead, in lower case
};

// From the largest to the smallest.
constexpr auto sizes = std::to_array<Scale>({
    {"G", uint64_t{1} << 30, {"g", "gb", "gib", "gi"}},
    {"M", uint64_t{1} << 20, {"m", "mb", "mib", "mi"}},
    {"K", uint64_t{1} << 10, {"k", "kb", "kib", "ki"}},
    {"", 1, {"b", "byte", "bytes"}},
});
constexpr uint64_t day = 86'400'000;
constexpr auto durations = std::to_array<Scale>({
    {"d", day, {"day", "days"}},
    {"h", 3'600'000, {"hr", "hour", "hours"}},
    {"m", 60'000, {"min", "mins", "minute", "minutes"}},
    {"s", 1000, {"sec", "secs", "second", "seconds"}},
    {"ms", 1, {"msec", "millis", "millisecond", "milliseconds"}},
});

constexpr uint64_t most = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());

// The unit that `text` means though it is none, or null.
const Scale* meant_by(std::string_view text, std::span<const Scale> scales) {
  const std::string lower = to_lower(text);
  if (lower.empty()) return nullptr;
  for (const Scale& scale : scales) {
    if (lower == to_lower(scale.unit)) return &scale;
    for (std::string_view slip : scale.slips) {
      if (lower == slip) return &scale;
    }
  }
  return nullptr;
}

// Of "1.5G", "1m30s" and "1h 30 min" what they stand for, where that is a whole number of the smallest unit.
std::optional<uint64_t> meant_sum(std::string_view text, std::span<const Scale> scales) {
  constexpr std::string_view in_number = "0123456789.";
  long double sum = 0;
  for (text = trim(text); !text.empty(); text = trim(text)) {
    const size_t end = std::min(text.find_first_not_of(in_number), text.size());
    const size_t next = std::min(text.find_first_of(in_number, end), text.size());
    const Scale* scale = meant_by(trim(text.substr(end, next - end)), scales);
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + end, number, std::chars_format::fixed);
    if (scale == nullptr || end == 0 || parsed.ptr != text.data() + end) return std::nullopt;
    sum += static_cast<long double>(number) * static_cast<long double>(scale->factor);
    text.remove_prefix(next);
  }
  const bool is_number = sum >= 1 && sum < 1e15L && std::floor(sum) == sum;
  return is_number ? std::optional(static_cast<uint64_t>(sum)) : std::nullopt;
}

std::expected<uint64_t, Fault> parse(std::string_view text, std::span<const Scale> scales, std::string_view rule,
                                     std::string_view example) {
  const auto fault = [&](std::string_view written) {
    return std::unexpected(Fault{std::string(rule), fmt::format("write \"{}\"", written)});
  };
  const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, end);
  const std::string_view unit = text.substr(end);
  for (const Scale& scale : scales) {
    if (unit != scale.unit || digits.empty()) continue;
    const std::optional<uint64_t> number = parse_decimal(digits, most / scale.factor);
    if (!number) return std::unexpected(Fault{"is too large", {}});
    return *number * scale.factor;
  }
  if (const std::optional<uint64_t> sum = meant_sum(text, scales)) {
    return fault(format_number(*sum, scales.front().unit == "d" ? Unit::milliseconds : Unit::bytes));
  }
  const Scale* meant = digits.empty() ? nullptr : meant_by(trim(unit), scales);
  if (meant != nullptr) return fault(std::string(digits) + std::string(meant->unit));
  // A bare number is most likely in the unit of the example.
  if (unit.empty() && !digits.empty()) return fault(std::string(digits) + example.back());
  return std::unexpected(Fault{std::string(rule), fmt::format("write for example \"{}\"", example)});
}

}  // namespace

std::expected<uint64_t, Fault> parse_size(std::string_view text) {
  return parse(text, sizes, "is a size: a number of bytes, or one number and K, M or G, without a space", "16K");
}

std::expected<uint64_t, Fault> parse_duration(std::string_view text) {
  return parse(text, durations, "is a time: one number and one of the units ms, s, m, h and d, without a space", "30s");
}

std::string format_number(uint64_t number, Unit unit) {
  if (number == std::numeric_limits<uint64_t>::max()) return "unlimited";
  const std::span<const Scale> scales = unit == Unit::milliseconds ? std::span<const Scale>(durations) : sizes;
  if (unit != Unit::none && number != 0) {
    for (const Scale& scale : scales) {
      if (number % scale.factor == 0) return fmt::format("{}{}", number / scale.factor, scale.unit);
    }
  }
  return fmt::format("{}{}", number, unit == Unit::milliseconds ? "s" : "");
}

std::string absolute_path(std::string_view folder, std::string_view path) {
  std::string result = (std::filesystem::path(folder) / path).lexically_normal().string();
  while (result.size() > 1 && result.ends_with('/')) result.pop_back();
  return result;
}

}  // namespace webserv::app
