#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <tuple>

#include "policies/protocol_check.h"

namespace sluis::policies {
namespace {

bool Has(const std::vector<Word>& words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [word](const Word& one) { return one.text == word; });
}

bool Lists(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string On(const std::string& field, const std::string& basis) {
  return field + " (" + basis + ")";
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
    for (const Flow& flow : *permitted) {
      if (absl::Status checked = CheckFlow(flow); !checked.ok()) return checked;
    }
    for (const ProtocolClause& clause : protocol_.clauses) CheckClause(clause, *permitted);
    if (absl::Status checked = CheckRetention(*permitted); !checked.ok()) return checked;
    CheckUsed();
    if (absl::Status checked = CheckRoles(); !checked.ok()) return checked;
    return std::move(gaps_);
  }

 private:
  static bool Covers(const ProtocolClause& clause, const Flow& flow, const PartyPair& pair) {
    return clause.purpose.text == flow.purpose && Has(clause.categories, flow.category) &&
           Protocol::Names(clause.from, *pair.first) && Protocol::Names(clause.to, *pair.second);
  }

  static bool Sees(const Flow& flow, const std::string& field) {
    return std::any_of(flow.fields.begin(), flow.fields.end(),
                       [&field](const SeenField& one) { return one.name == field; });
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
  // `basis` and `field`: what it is about, where it is.
  absl::Status AddFor(const std::vector<PartyPair>& lacking, const Flow& flow, GapKind kind,
                      const std::string& basis, const std::string& field) {
    if (lacking.empty()) return absl::OkStatus();
    auto example = flows_.ExampleOn(flow, basis, field);
    if (!example.ok()) return example.status();
    const std::string word = basis.empty() ? field : field.empty() ? basis : On(field, basis);
    CoverageGap gap{kind, flow.purpose, {flow.category},    flow.from, flow.to,
                    word, "",           *std::move(example)};
    if (lacking.size() == pairs_.at({flow.from, flow.to}).size()) {
      Add(std::move(gap));
      return absl::OkStatus();
    }
    for (const PartyPair& pair : lacking) {
      gap.from = pair.first->organisation.text;
      gap.to = pair.second->organisation.text;
      Add(gap);
    }
    return absl::OkStatus();
  }

  absl::Status CheckFlow(const Flow& flow) {
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
    absl::Status added = AddFor(uncovered, flow, GapKind::kNotInText, "", "");
    if (!added.ok() || uncovered.size() == pairs.size()) return added;
    const auto without = [&](const std::string& word, std::vector<Word> ProtocolClause::*words) {
      std::vector<PartyPair> out =
          lacking([&](const ProtocolClause& one) { return Has(one.*words, word); });
      std::erase_if(out, [&](const PartyPair& pair) {
        return std::find(uncovered.begin(), uncovered.end(), pair) != uncovered.end();
      });
      return out;
    };
    for (const std::string& basis : flow.bases) {
      added =
          AddFor(without(basis, &ProtocolClause::bases), flow, GapKind::kBasisNotInText, basis, "");
      if (!added.ok()) return added;
    }
    for (const SeenField& field : flow.fields) {
      added = AddFor(without(field.name, &ProtocolClause::fields), flow, GapKind::kFieldNotInText,
                     "", field.name);
      if (!added.ok()) return added;
    }
    for (std::size_t i = 0; i < flow.bases.size(); ++i) {
      added = CheckTogether(flow, i, pairs);
      if (!added.ok()) return added;
    }
    return absl::OkStatus();
  }

  // A ground with all that is granted on it in one clause: in two apart neither covers what is
  // disclosed (protocol_cover.h).
  absl::Status CheckTogether(const Flow& flow, std::size_t basis,
                             const std::vector<PartyPair>& pairs) {
    std::map<std::string, std::vector<PartyPair>> lacking;
    for (const PartyPair& pair : pairs) {
      for (const std::string& field : LackingIn(flow, basis, pair)) lacking[field].push_back(pair);
    }
    for (const std::string& field : flow.granted_by_basis[basis]) {
      const auto found = lacking.find(field);
      if (found == lacking.end()) continue;
      const absl::Status added =
          AddFor(found->second, flow, GapKind::kFieldNotInText, flow.bases[basis], field);
      if (!added.ok()) return added;
    }
    return absl::OkStatus();
  }

  // The fields that the clause which has most of them on this ground lacks, without those that were
  // told before: what the receiver sees and no clause has.
  std::vector<std::string> LackingIn(const Flow& flow, std::size_t basis,
                                     const PartyPair& pair) const {
    std::vector<const ProtocolClause*> covering;
    for (const ProtocolClause& one : protocol_.clauses) {
      if (Covers(one, flow, pair)) covering.push_back(&one);
    }
    const auto told = [&](const std::string& field) {
      return Sees(flow, field) &&
             std::none_of(covering.begin(), covering.end(),
                          [&](const ProtocolClause* one) { return Has(one->fields, field); });
    };
    std::vector<std::string> asked = flow.granted_by_basis[basis];
    std::erase_if(asked, told);
    std::optional<std::vector<std::string>> fewest;
    for (const ProtocolClause* one : covering) {
      if (!Has(one->bases, flow.bases[basis])) continue;
      std::vector<std::string> lacks;
      for (const std::string& field : asked) {
        if (!Has(one->fields, field)) lacks.push_back(field);
      }
      if (!fewest || lacks.size() < fewest->size()) fewest = std::move(lacks);
    }
    return fewest.value_or(std::vector<std::string>());
  }

  void CheckClause(const ProtocolClause& clause, const std::vector<Flow>& permitted) {
    std::vector<const Flow*> mine;
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
        const std::string denied = flows_.ExampleOf(clause.purpose.text, category.text, kinds, "");
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
    const auto add_word = [&](GapKind kind, const std::string& word, std::string example) {
      Add({kind,
           clause.purpose.text,
           {mine[0]->category},
           mine[0]->from,
           mine[0]->to,
           word,
           clause.id.text,
           std::move(example)});
    };
    for (const Word& basis : clause.bases) {
      const bool possible = std::any_of(mine.begin(), mine.end(), [&](const Flow* flow) {
        return Lists(flow->bases, basis.text);
      });
      if (possible) continue;
      add_word(GapKind::kBasisNotInPacks, basis.text,
               flows_.ExampleOf(clause.purpose.text, mine[0]->category,
                                {mine[0]->from, mine[0]->to}, basis.text));
    }
    for (const Word& field : clause.fields) {
      const bool seen = std::any_of(mine.begin(), mine.end(), [&](const Flow* flow) {
        return std::any_of(flow->granted_by_basis.begin(), flow->granted_by_basis.end(),
                           [&](const auto& granted) { return Lists(granted, field.text); });
      });
      if (seen) {
        CheckEachBasis(clause, field.text, mine);
      } else {
        add_word(GapKind::kFieldNotInPacks, field.text, mine[0]->example);
      }
    }
  }

  // A clause gives each of its fields on each of its grounds. `field` is seen on one of them.
  void CheckEachBasis(const ProtocolClause& clause, const std::string& field,
                      const std::vector<const Flow*>& mine) {
    for (const Word& basis : clause.bases) {
      const Flow* possible = nullptr;
      bool seen = false;
      for (const Flow* flow : mine) {
        const auto at = std::find(flow->bases.begin(), flow->bases.end(), basis.text);
        if (at == flow->bases.end()) continue;
        possible = possible == nullptr ? flow : possible;
        seen = seen ||
               Lists(flow->granted_by_basis[static_cast<std::size_t>(at - flow->bases.begin())],
                     field);
      }
      if (possible == nullptr || seen) continue;
      const KindPair kinds(possible->from, possible->to);
      Add({GapKind::kFieldNotInPacks,
           clause.purpose.text,
           {possible->category},
           possible->from,
           possible->to,
           On(field, basis.text),
           clause.id.text,
           flows_.ExampleOf(clause.purpose.text, possible->category, kinds, basis.text)});
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

  void AddWord(GapKind kind, const std::string& word) { Add({kind, "", {}, "", "", word, "", ""}); }

  // What no clause uses is no part of what may be disclosed, whatever the text says about it.
  void CheckUsed() {
    const auto check = [&](const std::string& word, const auto& uses) {
      if (!std::any_of(protocol_.clauses.begin(), protocol_.clauses.end(), uses)) {
        AddWord(GapKind::kInNoClause, word);
      }
    };
    const auto check_listed = [&](const Word& word, std::vector<Word> ProtocolClause::*words) {
      check(word.text, [&](const ProtocolClause& one) { return Has(one.*words, word.text); });
    };
    for (const ProtocolPurpose& one : protocol_.purposes) {
      check(one.purpose.text,
            [&](const ProtocolClause& clause) { return clause.purpose.text == one.purpose.text; });
    }
    for (const auto& one : protocol_.disclosure_grounds) {
      check_listed(one.basis, &ProtocolClause::bases);
    }
    for (const auto& one : protocol_.categories) {
      check_listed(one.category, &ProtocolClause::categories);
    }
    for (const auto& one : protocol_.fields) check_listed(one.field, &ProtocolClause::fields);
  }

  // Under the purposes of the clauses, at organisations of the kinds of the parties.
  absl::Status CheckRoles() {
    std::vector<std::string> purposes;
    std::vector<std::string> kinds;
    for (const auto& clause : protocol_.clauses) purposes.push_back(clause.purpose.text);
    for (const auto& party : protocol_.parties) kinds.push_back(party.kind.text);
    const auto roles = flows_.RolesUnder(purposes, kinds);
    if (!roles.ok()) return roles.status();
    std::vector<std::string> named;
    for (const auto& one : protocol_.recipients) {
      named.push_back(one.role.text);
      if (!Lists(roles->acting, named.back())) AddWord(GapKind::kRoleNotInPacks, named.back());
    }
    for (const std::string& role : roles->seeing) {
      if (!Lists(named, role)) AddWord(GapKind::kRoleNotInText, role);
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
