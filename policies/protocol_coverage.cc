#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "policies/protocol_check.h"

namespace sluis::policies {
namespace {

bool Has(const std::vector<Word>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [word](const Word& one) { return one.text == word; });
}

using PartyPair = std::pair<const ProtocolParty*, const ProtocolParty*>;

class Coverage {
 public:
  Coverage(const Protocol& protocol, const DisclosureFlows& flows)
      : protocol_(protocol), flows_(flows) {
    for (const ProtocolParty& from : protocol.parties) {
      for (const ProtocolParty& to : protocol.parties) {
        if (&from != &to) pairs_[{from.kind.text, to.kind.text}].emplace_back(&from, &to);
      }
    }
  }

  absl::StatusOr<std::vector<CoverageGap>> Find() && {
    const auto permitted = flows_.Between(KindsBetween(protocol_));
    if (!permitted.ok()) return permitted.status();
    for (const Flow& flow : *permitted) CheckFlow(flow);
    for (const ProtocolClause& clause : protocol_.clauses) CheckClause(clause, *permitted);
    if (absl::Status checked = CheckRetention(*permitted); !checked.ok()) return checked;
    return std::move(gaps_);
  }

 private:
  static bool Covers(const ProtocolClause& clause, const Flow& flow, const PartyPair& pair) {
    return clause.purpose.text == flow.purpose && Has(clause.categories, flow.category) &&
           Protocol::Names(clause.from, *pair.first) && Protocol::Names(clause.to, *pair.second);
  }

  // A gap that differs from an earlier one in its category only is told with that one.
  void Add(CoverageGap gap) {
    const auto [place, added] = places_.try_emplace(
        {gap.kind, gap.purpose, gap.from, gap.to, gap.word, gap.clause}, gaps_.size());
    if (added) {
      gaps_.push_back(std::move(gap));
      return;
    }
    std::vector<std::string>& told = gaps_[place->second].categories;
    told.insert(told.end(), gap.categories.begin(), gap.categories.end());
  }

  // Tells for which parties something is so: by kind when it is for all of them.
  void AddFor(const std::vector<PartyPair>& lacking, const Flow& flow, GapKind kind,
              const std::string& word) {
    CoverageGap gap{kind, flow.purpose, {flow.category}, flow.from, flow.to,
                    word, "",           flow.example};
    if (lacking.size() == pairs_.at({flow.from, flow.to}).size()) {
      Add(std::move(gap));
      return;
    }
    for (const PartyPair& pair : lacking) {
      gap.from = pair.first->organisation.text;
      gap.to = pair.second->organisation.text;
      Add(gap);
    }
  }

  void CheckFlow(const Flow& flow) {
    const std::vector<PartyPair>& pairs = pairs_.at({flow.from, flow.to});
    const auto lacking = [&](const std::function<bool(const ProtocolClause&)>& says) {
      std::vector<PartyPair> out;
      for (const PartyPair& pair : pairs) {
        const bool said = std::any_of(
            protocol_.clauses.begin(), protocol_.clauses.end(),
            [&](const ProtocolClause& one) { return Covers(one, flow, pair) && says(one); });
        if (!said) out.push_back(pair);
      }
      return out;
    };
    const std::vector<PartyPair> uncovered = lacking([](const auto&) { return true; });
    if (!uncovered.empty()) AddFor(uncovered, flow, GapKind::kNotInText, "");
    if (uncovered.size() == pairs.size()) return;
    const auto check_word = [&](GapKind kind, const std::string& word,
                                std::vector<Word> ProtocolClause::*words) {
      std::vector<PartyPair> without =
          lacking([&](const ProtocolClause& one) { return Has(one.*words, word); });
      std::erase_if(without, [&](const PartyPair& pair) {
        return std::find(uncovered.begin(), uncovered.end(), pair) != uncovered.end();
      });
      if (!without.empty()) AddFor(without, flow, kind, word);
    };
    for (const std::string& basis : flow.bases) {
      check_word(GapKind::kBasisNotInText, basis, &ProtocolClause::bases);
    }
    for (const SeenField& field : flow.fields) {
      check_word(GapKind::kFieldNotInText, field.name, &ProtocolClause::fields);
    }
    // Ground and field in one clause: in two clauses apart neither covers what is disclosed.
    for (std::size_t i = 0; i < flow.bases.size(); ++i) {
      for (const SeenField& field : flow.fields_by_basis[i]) {
        const auto says = [&](const ProtocolClause& one) {
          return Has(one.bases, flow.bases[i]) && Has(one.fields, field.name);
        };
        const auto apart = [&](const PartyPair& pair) {
          const auto any = [&](std::vector<Word> ProtocolClause::*words, const std::string& word) {
            return std::any_of(protocol_.clauses.begin(), protocol_.clauses.end(),
                               [&](const ProtocolClause& one) {
                                 return Covers(one, flow, pair) && Has(one.*words, word);
                               });
          };
          return any(&ProtocolClause::bases, flow.bases[i]) &&
                 any(&ProtocolClause::fields, field.name);
        };
        std::vector<PartyPair> without = lacking(says);
        std::erase_if(without, [&](const PartyPair& pair) { return !apart(pair); });
        if (!without.empty()) {
          AddFor(without, flow, GapKind::kFieldNotInText, field.name + " (" + flow.bases[i] + ")");
        }
      }
    }
  }

  void CheckClause(const ProtocolClause& clause, const std::vector<Flow>& permitted) {
    std::vector<const Flow*> mine;
    std::string example;
    bool names_any = false;
    for (const auto& entry : pairs_) {
      const KindPair& kinds = entry.first;
      const std::vector<PartyPair>& pairs = entry.second;
      const bool named = std::any_of(pairs.begin(), pairs.end(), [&](const PartyPair& pair) {
        return Protocol::Names(clause.from, *pair.first) &&
               Protocol::Names(clause.to, *pair.second);
      });
      if (!named) continue;
      names_any = true;
      for (const Word& category : clause.categories) {
        const auto found = std::find_if(permitted.begin(), permitted.end(), [&](const Flow& one) {
          return one.purpose == clause.purpose.text && one.category == category.text &&
                 KindPair(one.from, one.to) == kinds;
        });
        if (found != permitted.end()) {
          mine.push_back(&*found);
          continue;
        }
        const std::string denied = flows_.ExampleOf(clause.purpose.text, category.text, kinds);
        Add({GapKind::kNotInPacks,
             clause.purpose.text,
             {category.text},
             kinds.first,
             kinds.second,
             "",
             clause.id.text,
             denied});
      }
    }
    // From a party to itself nothing goes.
    if (!names_any) {
      Add({GapKind::kNotInPacks,
           clause.purpose.text,
           {},
           clause.from[0].text,
           clause.to[0].text,
           "",
           clause.id.text,
           ""});
    }
    if (mine.empty()) return;
    const auto add_word = [&](GapKind kind, const std::string& word) {
      Add({kind,
           clause.purpose.text,
           {mine[0]->category},
           mine[0]->from,
           mine[0]->to,
           word,
           clause.id.text,
           mine[0]->example});
    };
    for (const Word& basis : clause.bases) {
      const bool possible = std::any_of(mine.begin(), mine.end(), [&](const Flow* flow) {
        return std::find(flow->bases.begin(), flow->bases.end(), basis.text) != flow->bases.end();
      });
      if (!possible) add_word(GapKind::kBasisNotInPacks, basis.text);
    }
    for (const Word& field : clause.fields) {
      const bool seen = std::any_of(mine.begin(), mine.end(), [&](const Flow* flow) {
        return std::any_of(flow->fields.begin(), flow->fields.end(),
                           [&](const SeenField& one) { return one.name == field.text; });
      });
      if (!seen) add_word(GapKind::kFieldNotInPacks, field.text);
    }
  }

  absl::Status CheckRetention(const std::vector<Flow>& permitted) {
    for (const ProtocolRetention& retention : protocol_.retention) {
      for (const auto& entry : pairs_) {
        const KindPair& kinds = entry.first;
        const auto flow = std::find_if(permitted.begin(), permitted.end(), [&](const Flow& one) {
          return one.purpose == retention.purpose.text && KindPair(one.from, one.to) == kinds;
        });
        if (flow == permitted.end()) continue;
        const auto longer = flows_.KeptLongerThan(retention.days, retention.purpose.text, kinds);
        if (!longer.ok()) return longer.status();
        if (longer->empty()) continue;
        Add({GapKind::kKeptLonger,
             retention.purpose.text,
             {},
             kinds.first,
             kinds.second,
             "P" + std::to_string(retention.days) + "D",
             "",
             *longer});
      }
    }
    return absl::OkStatus();
  }

  const Protocol& protocol_;
  const DisclosureFlows& flows_;
  std::map<KindPair, std::vector<PartyPair>> pairs_;
  std::vector<CoverageGap> gaps_;
  // Which of them says this, whatever the category.
  using Said = std::tuple<GapKind, std::string, std::string, std::string, std::string, std::string>;
  std::map<Said, std::size_t> places_;
};

}  // namespace

absl::StatusOr<std::vector<CoverageGap>> CoverageGaps(const Protocol& protocol,
                                                      const DisclosureFlows& flows) {
  return Coverage(protocol, flows).Find();
}

}  // namespace sluis::policies
