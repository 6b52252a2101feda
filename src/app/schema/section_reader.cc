#include "app/schema/section_reader.h"

namespace webserv::app {

bool SectionReader::truth(std::string_view key, bool otherwise) const {
  const bool* value = section_.get<bool>(key);
  return value == nullptr ? otherwise : *value;
}

uint64_t SectionReader::number(std::string_view key, uint64_t otherwise) const {
  const auto* value = section_.get<uint64_t>(key);
  return value == nullptr ? otherwise : *value;
}

Clock::duration SectionReader::time(std::string_view key, Clock::duration otherwise) const {
  const auto* value = section_.get<uint64_t>(key);
  return value == nullptr ? otherwise : Clock::duration(static_cast<int64_t>(*value));
}

std::string SectionReader::text(std::string_view key, std::string_view otherwise, FaultOf fault_of) const {
  const Text* text = section_.text(key);
  if (text == nullptr) return std::string(otherwise);
  if (const std::optional<Fault> fault = fault_of == nullptr ? std::nullopt : fault_of(text->text)) {
    refuse(*text, *fault);
  }
  return text->text;
}

std::vector<std::string> SectionReader::texts(std::string_view key, std::vector<std::string> otherwise,
                                              FaultOf fault_of) const {
  const auto* texts = section_.get<std::vector<Text>>(key);
  if (texts == nullptr) return otherwise;
  std::vector<std::string> all;
  for (const Text& text : *texts) {
    if (const std::optional<Fault> fault = fault_of(text.text)) refuse(text, *fault);
    all.push_back(text.text);
  }
  return all;
}

std::string SectionReader::path(std::string_view key) const {
  const Text* text = section_.text(key);
  return text == nullptr ? std::string() : absolute_path(folder_, text->text);
}

std::vector<std::string> SectionReader::paths(std::string_view key) const {
  std::vector<std::string> all;
  const auto* texts = section_.get<std::vector<Text>>(key);
  if (texts == nullptr) return all;
  for (const Text& text : *texts) all.push_back(absolute_path(folder_, text.text));
  return all;
}

SectionReader::Pairs SectionReader::pairs(std::string_view key, FaultOf fault_of_name, FaultOf fault_of_value) const {
  Pairs all;
  const auto* pairs = section_.get<std::vector<std::pair<Text, Text>>>(key);
  if (pairs == nullptr) return all;
  for (const auto& [name, value] : *pairs) {
    if (const std::optional<Fault> fault = fault_of_name(name.text)) refuse(name, *fault);
    if (const std::optional<Fault> fault = fault_of_value(value.text)) refuse(value, *fault);
    all.emplace_back(name.text, value.text);
  }
  return all;
}

std::optional<SectionReader> SectionReader::table(std::string_view key) const {
  const auto* tables = section_.get<std::vector<Section>>(key);
  if (tables == nullptr) return std::nullopt;
  return SectionReader(tables->front(), folder_, findings_);
}

void SectionReader::refuse(const Text& text, const Fault& fault) const {
  findings_.add(text.region, in_quotes(text.text) + ' ' + fault.reason, fault.suggestion);
}

void SectionReader::refuse_key(std::string_view key, std::string message, std::string suggestion) const {
  findings_.add(section_.find(key)->key_region, std::move(message), std::move(suggestion));
}

void SectionReader::refuse_value(std::string_view key, std::string message, std::string suggestion) const {
  findings_.add(section_.find(key)->region, std::move(message), std::move(suggestion));
}

}  // namespace webserv::app
