#include "client/cli/condition_view.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "client/cli/signal_view.h"
#include "client/lib/form_words.h"

namespace sluis::cli {
namespace {

void AppendTo(std::string* list, std::string_view separator, std::string_view item) {
  if (!list->empty()) *list += separator;
  *list += item;
}

std::vector<std::string_view> ItemsOf(std::string_view list) {
  std::vector<std::string_view> items;
  while (!list.empty()) {
    items.push_back(list.substr(0, list.find(',')));
    list.remove_prefix(std::min(list.size(), items.back().size() + 1));
  }
  return items;
}

// The number of "P180D" and the like.
std::optional<uint32_t> NumberIn(std::string_view text, std::string_view before,
                                 std::string_view after) {
  if (text.size() <= before.size() + after.size()) return std::nullopt;
  if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
  text = text.substr(before.size(), text.size() - before.size() - after.size());
  uint32_t number = 0;
  const auto read = std::from_chars(text.begin(), text.end(), number);
  if (read.ec != std::errc() || read.ptr != text.end()) return std::nullopt;
  return number;
}

// The text under a key that is made of a word of the node, or that word.
std::string TextOr(const Shell& shell, const std::string& key, std::string_view word) {
  return shell.catalogue().Has(key) ? shell.Text(key) : Harmless(word);
}

std::string FieldWord(const Shell& shell, std::string_view field) {
  return TextOr(shell, "condition.field." + std::string(field), client::FormNameOf(field));
}

// What several obligations of one decision ask together.
struct Conditions {
  std::optional<uint32_t> cooling_off_hours;
  std::set<std::string> removed;
  std::map<std::string, std::string> coarser;  // by field, in words
  bool no_evidence = false;
  std::map<std::string, uint32_t> days_by_party;
  std::set<std::string> onward;
  std::optional<uint32_t> retention_days;
  bool log_full = false;
  std::vector<std::string> others;
};

// All of the list or nothing of it.
bool TakeFields(const Shell& shell, std::string_view list, Conditions* all) {
  std::map<std::string, std::string> coarser = all->coarser;
  std::set<std::string> removed = all->removed;
  for (const std::string_view item : ItemsOf(list)) {
    const std::string field = FieldWord(shell, item.substr(0, item.find(':')));
    const std::string words = CoarserWords(shell, item);
    if (!words.empty()) {
      coarser.emplace(field, words);
    } else if (item.ends_with(":remove")) {
      removed.insert(field);
    } else if (!item.ends_with(":keep")) {
      return false;
    }
  }
  // What is removed is not coarser besides.
  for (const std::string& field : removed) coarser.erase(field);
  all->coarser = std::move(coarser);
  all->removed = std::move(removed);
  return true;
}

bool TakeParties(std::string_view list, Conditions* all) {
  for (const std::string_view item : ItemsOf(list)) {
    const size_t colon = item.find(':');
    if (colon == std::string_view::npos) return false;
    const auto days = NumberIn(item.substr(colon + 1), "P", "D");
    if (!days) return false;
    auto [party, fresh] = all->days_by_party.try_emplace(std::string(item.substr(0, colon)), *days);
    if (!fresh) party->second = std::min(party->second, *days);
  }
  return true;
}

// From the least that may be passed on to the most.
constexpr std::string_view kTlpWords[] = {"clear", "green", "amber", "amber_strict", "red"};
constexpr std::string_view kTlpMax = "tlp_max=";

// Of two limits the stricter one; one that this version does not know is said beside the others.
void TakeOnward(std::string_view item, Conditions* all) {
  const auto rank = [](std::string_view limit) {
    return std::find(std::begin(kTlpWords), std::end(kTlpWords), limit.substr(kTlpMax.size())) -
           std::begin(kTlpWords);
  };
  if (item.starts_with(kTlpMax)) {
    for (const std::string& held : all->onward) {
      if (!held.starts_with(kTlpMax)) continue;
      if (rank(held) <= rank(item)) return;
      all->onward.erase(held);
      break;
    }
  }
  all->onward.emplace(item);
}

// False for one that this version does not know.
bool Take(const Shell& shell, std::string_view kind, std::string_view value, Conditions* all) {
  if (kind == "fields") return TakeFields(shell, value, all);
  if (kind == "notify") return TakeParties(value, all);
  if (kind == "no_evidence") return all->no_evidence = true;
  if (kind == "log") {
    all->log_full = all->log_full || value == "full";
    return value == "full" || value == "standard";
  }
  if (kind == "onward") {
    for (const std::string_view item : ItemsOf(value)) TakeOnward(item, all);
    return true;
  }
  if (kind == "cooling_off") {
    const auto hours = NumberIn(value, "PT", "H");
    if (hours) all->cooling_off_hours = std::max(all->cooling_off_hours.value_or(0), *hours);
    return hours.has_value();
  }
  if (kind == "retention") {
    const auto days = NumberIn(value, "P", "D");
    if (days) all->retention_days = std::min(all->retention_days.value_or(*days), *days);
    return days.has_value();
  }
  return false;
}

std::string Joined(const std::set<std::string>& words) {
  std::string list;
  for (const std::string& word : words) AppendTo(&list, ", ", word);
  return list;
}

std::string OnwardWords(const Shell& shell, const std::string& limit) {
  if (limit == "none") return shell.Text("condition.onward_none");
  if (limit == "originator_consent") return shell.Text("condition.onward_asks");
  if (limit.starts_with(kTlpMax)) {
    return shell.Text("condition.onward_tlp", {{"tlp", Harmless(limit.substr(kTlpMax.size()))}});
  }
  return Harmless(limit);
}

}  // namespace

std::string CoarserWords(const Shell& shell, std::string_view treatment) {
  constexpr std::string_view kGeneralise = ":generalise=";
  const size_t at = treatment.find(kGeneralise);
  if (at == std::string_view::npos) return "";
  const std::string_view step = treatment.substr(at + kGeneralise.size());
  return FieldWord(shell, treatment.substr(0, at)) + " (" +
         TextOr(shell, "condition.step." + std::string(step), step) + ")";
}

std::string ConditionWords(const Shell& shell, const std::vector<std::string>& obligations) {
  Conditions all;
  for (const std::string& obligation : obligations) {
    const size_t equals = obligation.find('=');
    const std::string_view text = obligation;
    if (equals == std::string::npos ||
        !Take(shell, text.substr(0, equals), text.substr(equals + 1), &all)) {
      all.others.push_back(Harmless(obligation));
    }
  }
  std::string out;
  const auto add = [&](const std::string& words) { AppendTo(&out, "; ", words); };
  if (all.cooling_off_hours) {
    add(shell.Text("condition.cooling_off", {{"hours", std::to_string(*all.cooling_off_hours)}}));
  }
  if (!all.removed.empty()) {
    add(shell.Text("condition.without", {{"fields", Joined(all.removed)}}));
  }
  std::set<std::string> coarser;
  for (const auto& [field, words] : all.coarser) coarser.insert(words);
  if (!coarser.empty()) add(shell.Text("condition.coarser", {{"fields", Joined(coarser)}}));
  if (all.no_evidence) add(shell.Text("condition.no_evidence"));
  for (const auto& [party, days] : all.days_by_party) {
    add(shell.Text("condition.tell", {{"who", TextOr(shell, "condition.party." + party, party)},
                                      {"days", std::to_string(days)}}));
  }
  for (const std::string& limit : all.onward) add(OnwardWords(shell, limit));
  if (all.retention_days) {
    add(shell.Text("condition.retention", {{"days", std::to_string(*all.retention_days)}}));
  }
  if (all.log_full) add(shell.Text("condition.log_full"));
  for (const std::string& other : all.others) add(other);
  return out;
}

}  // namespace sluis::cli
