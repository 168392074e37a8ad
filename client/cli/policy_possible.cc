#include "client/cli/policy_possible.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace sluis::cli {
namespace {

using policies::Decision;
using policies::Effect;
using policies::PackSet;
using policies::Rule;

constexpr std::array<std::string_view, 2> kAsked = {"action", "side"};
constexpr std::array<std::string_view, 4> kPerson = {"actor.role", "actor.mode", "actor.is_author",
                                                     "from.kind"};
constexpr std::array<std::string_view, 6> kRecord = {"record.secret",         "record.no_evidence",
                                                     "record.no_onward",      "record.author_mode",
                                                     "record.received_under", "subject.minor"};

template <std::size_t kSize>
bool IsAmong(const std::array<std::string_view, kSize>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsFixed(const Obstacle& one) { return FixedBy(one.attribute) != Fixed::kNot; }

std::vector<const Rule*> ForbidsOf(const PackSet& packs, const Decision& decision) {
  std::vector<const Rule*> forbids;
  for (const std::string& id : decision.forbids) {
    for (const Rule& rule : packs.rules()) {
      if (rule.id == id) forbids.push_back(&rule);
    }
  }
  return forbids;
}

// What nothing but another fact removes. Of a permit each failed test must change, of a forbid any
// one.
std::vector<Obstacle> Immovable(const std::vector<Obstacle>& obstacles) {
  std::vector<Obstacle> out;
  for (const Obstacle& one : obstacles) {
    const auto gives_way = [&one](const Obstacle& other) {
      return other.rule == one.rule && !IsFixed(other);
    };
    const bool other_way = one.rule->effect == Effect::kForbid &&
                           std::any_of(obstacles.begin(), obstacles.end(), gives_way);
    if (IsFixed(one) && !other_way) out.push_back(one);
  }
  return out;
}

// Without what was asked, of a forbid that asks for something else as well: nobody wonders about
// it.
std::vector<Obstacle> Told(const std::vector<Obstacle>& obstacles) {
  std::vector<Obstacle> out;
  for (const Obstacle& one : obstacles) {
    const auto tells_more = [&one](const Obstacle& other) {
      return other.rule == one.rule && FixedBy(other.attribute) != Fixed::kAsked;
    };
    if (one.rule->effect == Effect::kForbid && FixedBy(one.attribute) == Fixed::kAsked &&
        std::any_of(obstacles.begin(), obstacles.end(), tells_more)) {
      continue;
    }
    out.push_back(one);
  }
  return out;
}

// Rather a permit for what was asked, then one with less in the way.
std::pair<std::size_t, std::size_t> Distance(const std::vector<Obstacle>& obstacles) {
  const auto asked = std::count_if(obstacles.begin(), obstacles.end(), [](const Obstacle& one) {
    return FixedBy(one.attribute) == Fixed::kAsked;
  });
  return {static_cast<std::size_t>(asked), obstacles.size()};
}

}  // namespace

Fixed FixedBy(std::string_view attribute) {
  if (IsAmong(kAsked, attribute)) return Fixed::kAsked;
  if (IsAmong(kPerson, attribute)) return Fixed::kPerson;
  return IsAmong(kRecord, attribute) ? Fixed::kRecord : Fixed::kNot;
}

std::vector<Obstacle> ObstaclesOf(const PackSet& packs, const policies::Request& request,
                                  const Decision& decision, const Rule& permit) {
  std::vector<const Rule*> rules = ForbidsOf(packs, decision);
  rules.insert(rules.begin(), &permit);
  std::vector<Obstacle> obstacles;
  for (const Rule* rule : rules) {
    for (const policies::ValueTest& test : rule->tests) {
      const policies::ValueId value = request.values()[test.attribute];
      // A permit is kept away by the tests that fail, a forbid is there by those that pass.
      if (test.Passes(value) == (rule->effect == Effect::kPermit)) continue;
      obstacles.push_back({packs.schema().attributes[test.attribute].name, value, rule, &test});
    }
  }
  return obstacles;
}

Possible FindPossible(const PackSet& packs, const policies::Request& request,
                      const Decision& decision) {
  Possible best;
  std::optional<std::vector<Obstacle>> fixed;
  for (const Rule& rule : packs.rules()) {
    if (rule.effect != Effect::kPermit) continue;
    std::vector<Obstacle> obstacles = Told(ObstaclesOf(packs, request, decision, rule));
    std::vector<Obstacle> immovable = Immovable(obstacles);
    if (!immovable.empty()) {
      if (!fixed || Distance(immovable) < Distance(*fixed)) fixed = std::move(immovable);
    } else if (best.permit == nullptr || obstacles.size() < best.obstacles.size()) {
      best = {&rule, std::move(obstacles)};
    }
  }
  if (best.permit == nullptr) {
    best.obstacles = std::move(fixed).value_or(std::vector<Obstacle>());
    return best;
  }
  std::stable_partition(best.obstacles.begin(), best.obstacles.end(),
                        [](const Obstacle& one) { return !IsFixed(one); });
  return best;
}

}  // namespace sluis::cli
