#include "app/toml/toml_sections.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <utility>

#include "app/schema/synonyms.h"
#include "app/text/suggestion.h"
#include "app/toml/toml_guard.h"
#include "app/toml/toml_text.h"
#include "app/toml/toml_values.h"
#include "webserv/base/text.h"

namespace webserv::app {
namespace {

// A name as it stands in a header or behind a dot: bare where that is possible, and short enough to be read.
std::string written(std::string_view name) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const std::string text = shortened(name);
  if (!name.empty() && name.find_first_not_of(bare) == std::string_view::npos) return text;
  std::string escaped;
  for (char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return fmt::format("\"{}\"", escaped);
}

// How a table of this path is written in messages: "the file", or "[limits]".
std::string in_brackets(std::string_view path) { return path.empty() ? "the file" : fmt::format("[{}]", path); }

std::vector<std::string_view> names_in(Table table) {
  std::vector<std::string_view> names;
  for (const Key& key : schema()) {
    if (key.stands_in.contains(table)) names.push_back(key.name);
  }
  return names;
}

// Where a key of this name is written, for people: "[timeouts]" of `idle`, "[log]" of `log`; "" of one that is not
// known.
std::string homes_of(std::string_view name) {
  std::vector<std::string> homes;
  for (Table table : all_tables) {
    const Key* key = find_key(table, name);
    if (key == nullptr) continue;
    if (table != Table::file) {
      homes.emplace_back(header_of(table));
    } else {
      homes.push_back(key->inner == Table::file ? fmt::format("[{}]", name) : std::string(header_of(key->inner)));
    }
  }
  return fmt::format("{}", fmt::join(homes, " or "));
}

// What may stand in the table, for people.
std::string all_of(Table table) {
  constexpr size_t most_listed = 8;
  std::vector<std::string> names;
  for (const Key& key : schema()) {
    if (!key.served || !key.stands_in.contains(table)) continue;
    names.push_back(key.inner == Table::file ? in_quotes(key.name) : std::string(header_of(key.inner)));
  }
  if (names.size() > most_listed) return "webserv.toml(5) lists what may stand there";
  return fmt::format("these may stand there: {}", fmt::join(names, ", "));
}

// To which findings of what is missing in the file belong.
const Section whole_file = {.table = Table::file, .region = {{1, 1}, {1, 1}}};

class Reader {
 public:
  Reader(const Repairs& repairs, Findings& findings) : repairs_(repairs), findings_(findings) {}

  // Fills the entries of `section`, whose other members say which table `source` is.
  Section read(const toml::table& source, Section section) {
    section.damaged = repairs_.lost_tables || repairs_.broken.contains(section.region.begin);
    for (auto&& [name, node] : source) {
      if (context_.is_broken(region_of(name.source()))) {
        section.damaged = true;
        continue;
      }
      const Region region = repairs_.in_file(region_of(name.source()));
      const Key* key = find_key(section.table, name.str());
      if (key == nullptr && findings_.is_spoilt(region)) {
        section.damaged = true;
        continue;
      }
      if (key == nullptr) {
        if (is_label_of_host(name, node, section)) {
          refuse_host_without_quotes(name, node, region, section);
          section.damaged = true;
        } else {
          refuse_unknown(name.str(), region, section);
        }
        continue;
      }
      if (!key->served) {
        findings_.add(region, fmt::format("{} is not served by this version of webserv", in_quotes(key->name)),
                      "remove it");
      }
      section.entries.push_back({key, region, repairs_.in_file(region_of(node.source())),
                                 key->served ? value(*key, region, node, section) : Value{}});
    }
    std::ranges::sort(section.entries, {}, [](const Entry& entry) { return entry.key_region.begin; });
    require_keys(section);
    return section;
  }

 private:
  Value value(const Key& key, Region region, const toml::node& node, const Section& section) {
    const std::string path =
        section.path.empty() ? std::string(key.name) : fmt::format("{}.{}", section.path, key.name);
    const toml::table* table = node.as_table();
    const toml::array* list = node.as_array();
    if ((key.type == Type::tables || key.type == Type::table) && list != nullptr &&
        list->is_homogeneous<toml::table>()) {
      // [[server]] is a host elsewhere.
      means_host_ = means_host_ || key.inner == Table::server;
      findings_.add(region, fmt::format("{} is a list of tables here", in_quotes(key.name)), instead_of_list(key));
      return {};
    }
    if (key.type == Type::tables && table != nullptr) return tables(key, *table, path);
    if (key.type == Type::table && table != nullptr) {
      std::vector<Section> one;
      one.push_back(read(*table, {.table = key.inner, .region = region, .path = path}));
      return one;
    }
    return read_value(key, node, context_);
  }

  static std::string instead_of_list(const Key& key) {
    if (key.inner == Table::vhost) return "write [vhost.\"example.org\"] for each host";
    if (key.inner == Table::route) return "write [vhost.NAME.route.\"/x/\"] for each path";
    if (key.inner == Table::server) return "write [server]; the keys of a host stand in [vhost.\"example.org\"]";
    return fmt::format("write {}", header_of(key.inner));
  }

  static std::string not_a_table(std::string_view name, std::string_view path) {
    return fmt::format("{} in [{}] is not a table", in_quotes(name), path);
  }

  Value tables(const Key& key, const toml::table& source, const std::string& path) {
    std::vector<Section> all;
    std::vector<std::pair<Region, std::string_view>> nameless;
    for (auto&& [name, node] : source) {
      if (context_.is_broken(region_of(name.source()))) continue;
      const Region region = repairs_.in_file(region_of(name.source()));
      std::string inner_path = path + '.' + written(name.str());
      if (const toml::table* table = node.as_table()) {
        all.push_back(read(
            *table,
            {.table = key.inner, .region = region, .name = std::string(name.str()), .path = std::move(inner_path)}));
        continue;
      }
      if (find_key(key.inner, name.str()) != nullptr || find_synonym(name.str(), std::span(&key.inner, 1)) != nullptr) {
        nameless.emplace_back(region, name.str());
        continue;
      }
      std::string advice = fmt::format("write [{}], and its keys below", inner_path);
      findings_.add(region, not_a_table(name.str(), path), std::move(advice));
    }
    // One name makes all of them right.
    if (!nameless.empty()) {
      const auto [region, name] =
          *std::ranges::min_element(nameless, {}, [](const auto& each) { return each.first.begin; });
      findings_.add(region, not_a_table(name, path), fmt::format("give the table a name: {}", header_of(key.inner)));
    }
    if (all.empty() && !source.empty()) return {};
    std::ranges::sort(all, {}, [](const Section& section) { return section.region.begin; });
    return all;
  }

  void refuse_unknown(std::string_view name, Region region, Section& section) {
    const auto refuse = [&](std::string_view what, std::string suggestion) {
      findings_.add(region, fmt::format("{} in {}", what, in_brackets(section.path)), std::move(suggestion));
    };
    // A flood of unknown names shall not cost a search for each.
    if (findings_.counts_only(region)) return refuse("unknown key", {});
    const std::string unknown = "unknown key " + in_quotes(name);
    if (section.table == Table::vhost && name.starts_with('/')) {
      section.meant.push_back(find_key(Table::vhost, "route"));
      return refuse(unknown, fmt::format("write [{}.route.{}]", section.path, written(name)));
    }
    if (const Synonym* synonym = find_synonym(name, std::span(&section.table, 1))) {
      const Key* key = find_key(section.table, synonym->key);
      if (key != nullptr) section.meant.push_back(key);
      means_host_ = means_host_ || (!synonym->key.empty() && find_key(Table::vhost, synonym->key) != nullptr);
      std::string advice(synonym->advice);
      const bool has_place = advice.find(" in [") != std::string::npos;
      if (const std::string here = fmt::format(" in {}", header_of(section.table)); advice.ends_with(here)) {
        advice.resize(advice.size() - here.size());
      } else if (key == nullptr && !synonym->key.empty() && !has_place) {
        advice += ", in " + homes_of(synonym->key);
      }
      return refuse(unknown, std::move(advice));
    }
    if (const std::string homes = homes_of(name); !homes.empty()) {
      means_host_ = means_host_ || find_key(Table::vhost, name) != nullptr;
      return refuse(in_quotes(name) + " does not stand",
                    (find_key(Table::file, name) ? "write " : "it belongs in ") + homes);
    }
    if (const std::string_view meant = closest(name, names_in(section.table)); !meant.empty()) {
      section.meant.push_back(find_key(section.table, meant));
      return refuse(unknown, fmt::format("did you mean `{}`?", meant));
    }
    std::vector<std::string_view> names;
    for (const Key& key : schema()) names.push_back(key.name);
    const std::string_view meant = closest(name, names);
    if (meant.empty()) return refuse(unknown, all_of(section.table));
    const std::string key = find_key(Table::file, meant) ? "" : fmt::format("`{}` in ", meant);
    refuse(unknown, fmt::format("did you mean {}{}?", key, homes_of(meant)));
  }

  // Whether an unknown key is the second label of a host's name without quotes: the "org" of [vhost.example.org].
  static bool is_label_of_host(const toml::key& key, const toml::node& node, const Section& section) {
    if (section.table != Table::vhost || !node.is_table() || section.name.find('.') != std::string::npos) return false;
    const bool means_key = find_synonym(key.str(), std::span(&section.table, 1)) != nullptr ||
                           !closest(key.str(), names_in(Table::vhost)).empty();
    return !means_key && is_bare_name(key.str());
  }

  // With that label and those behind it.
  void refuse_host_without_quotes(const toml::key& label, const toml::node& node, Region region,
                                  const Section& section) {
    std::string host = fmt::format("{}.{}", section.name, label.str());
    for (const toml::table* table = node.as_table(); table->size() == 1;) {
      const auto only = table->begin();
      if (!only->second.is_table() || find_key(Table::vhost, only->first.str()) != nullptr) break;
      host += fmt::format(".{}", only->first.str());
      const Region next = repairs_.in_file(region_of(only->first.source()));
      if (next.begin.line == region.begin.line) region.end = std::max(region.end, next.end);
      table = only->second.as_table();
    }
    if (section.region.begin.line == region.begin.line) region.begin = std::min(region.begin, section.region.begin);
    findings_.add(region, "a host's name that has dots needs quotes", fmt::format("write [vhost.{}]", written(host)));
  }

  // Refuses a table without the keys that it makes no sense without.
  void require_keys(const Section& section) {
    if (section.damaged || (section.table == Table::file && means_host_)) return;
    for (const Key& key : schema()) {
      if (!key.required || !key.stands_in.contains(section.table)) continue;
      if (std::ranges::find(section.meant, &key) != section.meant.end()) continue;
      const Entry* entry = section.find(key.name);
      const auto* tables = entry == nullptr ? nullptr : std::get_if<std::vector<Section>>(&entry->value);
      if (entry != nullptr && (tables == nullptr || !tables->empty())) continue;
      const std::string what = key.type == Type::tables ? std::string(header_of(key.inner)) : in_quotes(key.name);
      findings_.add(section.region, fmt::format("{} is missing in {}", what, in_brackets(section.path)),
                    key.type == Type::tables ? "without one nothing is served"
                                             : fmt::format("write for example {} = \"/new\"", key.name));
    }
  }

  const Repairs& repairs_;
  Findings& findings_;
  const ValueContext context_{repairs_, findings_};
  bool means_host_ = false;  // a key that stands in the wrong place
};

// The last place that a parser may name: behind the last character of the line.
SourcePlace within(SourcePlace place, std::string_view text) {
  size_t begin = 0;
  for (uint32_t line = 1; line < place.line && text.find('\n', begin) != std::string_view::npos; ++line) {
    begin = text.find('\n', begin) + 1;
  }
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  return {place.line, std::clamp(place.column, uint32_t{1}, count_characters(line) + 1)};
}

std::string reason_of(const toml::parse_error& error) {
  constexpr std::string_view prefix = "Error while parsing ";
  std::string_view description = error.description();
  if (description.starts_with(prefix)) description.remove_prefix(prefix.size());
  constexpr std::string_view twice = "cannot redefine existing ";
  if (const size_t at = description.find(twice); at != std::string_view::npos) {
    const std::string_view what = description.substr(at + twice.size());
    return fmt::format("the {} is written twice, or as two things", what);
  }
  return fmt::format("this is no TOML: {}", description);
}

// Reads a text that is no TOML, mended until it is some. Nothing where that does not come to an end.
std::optional<Section> read_mended(std::string_view text, Findings& findings) {
  // Each fault that only the parser sees costs one more reading.
  constexpr size_t most_read = 8 * TomlLimits{}.size;
  TomlMender mender(text, findings);
  for (size_t read = 0; read < most_read; read += text.size() + 1) {
    const MendedText mended = mender.mend();
    if (Findings depth({}); !guard_depth(mended.text, depth)) {
      // Its place is one of the mended text.
      for (const Diagnostic& each : std::move(depth).take()) {
        const SourcePlace place = within(each.region.begin, text);
        findings.add({place, place}, each.message, each.suggestion);
      }
      return std::nullopt;
    }
    try {
      return Reader(mended.repairs, findings).read(toml::parse(mended.text), whole_file);
    } catch (const toml::parse_error& error) {
      const SourcePlace place = within(place_of(error.source().begin), text);
      if (mender.refuse(place, reason_of(error))) continue;
      if (findings.empty()) findings.add({place, place}, reason_of(error));
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Section> read_sections(std::string_view text, Findings& findings) {
  if (!guard_toml(text, findings)) return std::nullopt;
  std::string clean;
  if (!findings.empty()) text = clean = clean_toml(text);
  try {
    return Reader({}, findings).read(toml::parse(text), whole_file);
  } catch (const toml::parse_error&) {
    return read_mended(text, findings);
  }
}

}  // namespace webserv::app
