#include "app/command/command_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "app/text/suggestion.h"

namespace webserv::app {
namespace {

constexpr auto commands = std::to_array<std::string_view>({"serve", "check", "explain", "schema"});

struct Habit {
  std::string_view typed;
  std::string_view meant;
};

constexpr auto words = std::to_array<Habit>({
    {"test", "webserv check"},
    {"configtest", "webserv check"},
    {"validate", "webserv check"},
    {"lint", "webserv check"},
    {"run", "webserv serve"},
    {"start", "webserv serve"},
    {"help", "webserv --help"},
    {"version", "webserv --version"},
    {"stop", "systemctl stop webserv"},
    {"reload", "systemctl reload webserv"},
    {"restart", "systemctl restart webserv"},
    {"status", "systemctl status webserv"},
});

// For another option, which the command must have, or else the whole command.
constexpr auto options_elsewhere = std::to_array<Habit>({
    {"-c", "--config"},
    {"-f", "--config"},
    {"--file", "--config"},
    {"-p", "--listen"},
    {"--port", "--listen"},
    {"-l", "--listen"},
    {"--bind", "--listen"},
    {"--address", "--listen"},
    {"-b", "--listen"},
    {"--threads", "--workers"},
    {"-w", "--workers"},
    {"-j", "--json"},
    {"--header", "-H"},
    {"-t", "webserv check"},
    {"--test", "webserv check"},
    {"-v", "webserv --version"},
    {"-V", "webserv --version"},
});

const Habit* find(std::span<const Habit> habits, std::string_view typed) {
  const auto found = std::ranges::find(habits, typed, &Habit::typed);
  return found == habits.end() ? nullptr : &*found;
}

std::string did_you_mean(std::string_view meant) { return fmt::format("did you mean `{}`?", meant); }

}  // namespace

std::string meant_by_word(std::string_view word) {
  if (const Habit* habit = find(words, word)) return did_you_mean(habit->meant);
  if (word.ends_with(".toml")) return fmt::format("write --config {}", word);
  const std::string_view command = closest(word, commands);
  return command.empty() ? "" : did_you_mean(fmt::format("webserv {}", command));
}

std::string meant_by_argument(std::string_view argument, std::span<const std::string> options) {
  const auto has = [&](std::string_view option) { return std::ranges::find(options, option) != options.end(); };
  if (!argument.starts_with('-')) {
    return argument.ends_with(".toml") && has("--config") ? fmt::format("write --config {}", argument) : "";
  }
  const std::string_view name = argument.substr(0, argument.find('='));
  if (const Habit* habit = find(options_elsewhere, name)) {
    if (has(habit->meant) || !habit->meant.starts_with('-')) return did_you_mean(habit->meant);
  }
  const std::vector<std::string_view> names(options.begin(), options.end());
  const std::string_view option = name.starts_with("--") ? closest(name, names) : std::string_view();
  return option.empty() ? "" : did_you_mean(option);
}

}  // namespace webserv::app
