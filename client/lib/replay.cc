#include "client/lib/replay.h"

#include <algorithm>
#include <utility>

#include "client/lib/decide_again.h"
#include "client/lib/replay_operation.h"
#include "client/lib/text.h"
#include "crypto/hash.h"
#include "policies/citation.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {
namespace {

using policies::Layer;
using record::v1::ActPart;
using record::v1::DecisionPart;

constexpr std::array<std::string_view, kReplayVerdicts> kVerdictNames = {
    "equal", "mismatch", "not-replayable", "pack-missing", "no-decision"};
constexpr std::array<std::string_view, 2> kEngines = {kPlainEngine, kCompiledEngine};
constexpr uint64_t kSecondUs = 1'000'000;
constexpr uint64_t kYear10000S = 253'402'300'800;
constexpr size_t kMaxNameBytes = 200;
constexpr std::string_view kNotEvaluated = "not_evaluated";
constexpr std::string_view kDenied = "denied";
constexpr std::string_view kLogName = "/log";
// More than a partnership has in a lifetime.
constexpr size_t kMostManifests = 10'000;

struct NamedPacks {
  LayerDigests layers;
  std::optional<crypto::Hash> effective;
};

// The digests that the act part names, each layer once; nothing when they are not of form.
std::optional<NamedPacks> PacksOf(const ActPart& act) {
  NamedPacks named;
  for (const record::v1::PackDigest& one : act.pack_digests()) {
    const absl::StatusOr<crypto::Hash> digest = crypto::ToFixed<32>(one.digest());
    std::optional<crypto::Hash>* place = nullptr;
    if (one.layer() == "effective") place = &named.effective;
    for (size_t i = 0; i < kPackLayers; ++i) {
      if (one.layer() == policies::LayerName(static_cast<Layer>(i))) place = &named.layers[i];
    }
    if (place == nullptr || place->has_value() || !digest.ok()) return std::nullopt;
    *place = *digest;
  }
  if (!named.layers[0] || !named.effective) return std::nullopt;
  return named;
}

bool SaysNothing(const ActPart& act, const DecisionPart& part) {
  return act.rule_ids().empty() && part.granted_fields().empty() && part.reduced_fields().empty() &&
         part.obligations().empty();
}

template <typename Repeated>
bool Same(const Repeated& logged, const std::vector<std::string>& expected) {
  return std::equal(logged.begin(), logged.end(), expected.begin(), expected.end());
}

// Permit, denial by a rule, or neither, as the rules and fields that were logged say.
enum class Class { kPermit, kForbidden, kNothing };

Class ClassOf(const policies::Decision& decision) {
  if (decision.outcome == policies::Outcome::kPermit) return Class::kPermit;
  return decision.forbids.empty() ? Class::kNothing : Class::kForbidden;
}

Class ClassLogged(const policies::PackSet& packs, const ActPart& act, const DecisionPart& part) {
  Class found = part.granted_fields().empty() && part.obligations().empty() ? Class::kNothing
                                                                            : Class::kPermit;
  for (const std::string& id : act.rule_ids()) {
    const auto rule = std::find_if(packs.rules().begin(), packs.rules().end(),
                                   [&id](const policies::Rule& one) { return one.id == id; });
    if (rule == packs.rules().end()) continue;
    if (rule->effect == policies::Effect::kForbid) return Class::kForbidden;
    if (rule->effect == policies::Effect::kPermit) found = Class::kPermit;
  }
  return found;
}

// Whether what was done can rest on this decision. An act that was refused for another reason than
// the rules rests on any; so does one that a hold suspends.
bool OutcomeFits(const ActPart& act, const policies::Decision& decision) {
  using policies::Outcome;
  const bool denied = act.refusal() == kDenied, not_evaluated = act.refusal() == kNotEvaluated;
  switch (act.outcome()) {
    case record::v1::OUTCOME_DONE:
      return act.refusal().empty() && decision.outcome == Outcome::kPermit;
    case record::v1::OUTCOME_ABORTED:
      return !denied && !not_evaluated && decision.outcome == Outcome::kPermit;
    case record::v1::OUTCOME_DENIED:
      return !not_evaluated && decision.outcome == Outcome::kDeny;
    case record::v1::OUTCOME_REFUSED:
    case record::v1::OUTCOME_HELD:
      if (denied) return decision.outcome == Outcome::kDeny;
      return !not_evaluated || decision.outcome == Outcome::kRefused;
    default:
      return false;
  }
}

// The beginning of a text, never half a character of it.
std::string Cut(std::string text) {
  if (text.size() <= kMaxNameBytes) return text;
  size_t end = kMaxNameBytes;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

Replayed Obstacle(Replayed replayed, std::string_view why, std::string name = {}) {
  replayed.verdict = ReplayVerdict::kNotReplayable;
  replayed.why = why;
  replayed.name = Cut(std::move(name));
  return replayed;
}

// Why a part is not there to be read.
std::optional<Replayed> NotThere(const Replayed& replayed, const ExportPart& part) {
  switch (part.state) {
    case ExportPart::State::kOpen:
      return std::nullopt;
    case ExportPart::State::kClosed:
      return Obstacle(replayed, "closed");
    case ExportPart::State::kMissing:
      return Obstacle(replayed, "missing");
    case ExportPart::State::kErased: {
      Replayed erased = Obstacle(replayed, "erased");
      erased.erased_by = part.erased_by;
      return erased;
    }
  }
  return Obstacle(replayed, "malformed");
}

template <typename Message>
bool Read(const ExportPart& part, Message& message) {
  return part.bytes.size() <= kMaxExportPartBytes &&
         message.ParseFromArray(part.bytes.data(), static_cast<int>(part.bytes.size()));
}

Replayed Mismatch(Replayed replayed, std::vector<std::string_view> differs) {
  replayed.verdict = ReplayVerdict::kMismatch;
  replayed.differs = std::move(differs);
  return replayed;
}

// A mismatch in this as well, whatever the verdict was.
Replayed AlsoDiffers(Replayed replayed, std::string_view word) {
  const auto rank = [](std::string_view one) {
    return std::find(kReplayDifferences.begin(), kReplayDifferences.end(), one);
  };
  std::vector<std::string_view> differs = std::move(replayed.differs);
  const auto place = std::find_if(differs.begin(), differs.end(),
                                  [&](std::string_view one) { return rank(one) >= rank(word); });
  if (place == differs.end() || *place != word) differs.insert(place, word);
  replayed.why = {};
  replayed.name.clear();
  replayed.erased_by.reset();
  return Mismatch(std::move(replayed), std::move(differs));
}

// Entries from before citations were kept hold none; in later ones none may be left out.
bool SameCitations(const policies::PackSet& packs, const policies::Decision& decision,
                   const DecisionPart& part, std::string_view day) {
  if (part.citations().empty() && !KeepsGrounds(part)) return true;
  std::string_view basis;
  for (const record::v1::AttributeValue& value : part.attributes()) {
    if (value.name() == "basis") basis = value.value();
  }
  const auto cited = policies::CitedBy(packs.schema(), decision, basis, day);
  return std::equal(cited.begin(), cited.end(), part.citations().begin(), part.citations().end(),
                    [](const policies::CitedText& expected, const record::v1::Citation& logged) {
                      return expected.word == logged.id() && expected.text == logged.text();
                    });
}

// What differs between the decision that was logged and the one made again.
std::vector<std::string_view> Differences(const policies::PackSet& packs, const DecidedAgain& again,
                                          const ActPart& act, const DecisionPart& part,
                                          std::string_view day) {
  std::vector<std::string_view> differs;
  const policies::Decision& decision = again.decision;
  if (ClassOf(decision) != ClassLogged(packs, act, part) || !OutcomeFits(act, decision)) {
    differs.push_back("decision");
  }
  const LoggedForm expected = LoggedFormOf(decision);
  if (!Same(act.rule_ids(), expected.rules)) differs.push_back("rules");
  if (!Same(part.granted_fields(), expected.granted) ||
      !Same(part.reduced_fields(), expected.reduced)) {
    differs.push_back("fields");
  }
  if (!Same(part.obligations(), expected.obligations)) differs.push_back("obligations");
  if (!SameCitations(packs, decision, part, day)) differs.push_back("citations");
  return differs;
}

// A permit that the node did not act on: rightly, wrongly, or nobody can tell. `differs` is what
// there is otherwise.
Replayed JudgeWithheld(Replayed replayed, Withheld withheld,
                       std::vector<std::string_view> differs) {
  if (withheld == Withheld::kPerhaps) return Obstacle(std::move(replayed), "withheld");
  if (withheld == Withheld::kNo) return Mismatch(std::move(replayed), std::move(differs));
  replayed.verdict = ReplayVerdict::kEqual;
  return replayed;
}

// Refused as covered by no clause: the text alone says whether that is so.
Replayed JudgeOutside(Replayed replayed, ClauseFit clause) {
  switch (clause) {
    case ClauseFit::kFits:
      replayed.verdict = ReplayVerdict::kEqual;
      return replayed;
    case ClauseFit::kDiffers:
      break;
    case ClauseFit::kNoText:
      return Obstacle(std::move(replayed), "protocol");
    case ClauseFit::kPartner:
      return Obstacle(std::move(replayed), "partner");
    case ClauseFit::kUntold:
      return Obstacle(std::move(replayed), "withheld");
  }
  return Mismatch(std::move(replayed), {"clause"});
}

// What rests on no rule cites nothing.
Replayed CitingNothing(Replayed replayed, const DecisionPart& part) {
  return part.citations().empty() ? replayed : AlsoDiffers(std::move(replayed), "citations");
}

// What stands around a decision when it is judged.
struct Around {
  const ProtocolTexts& protocols;
  Between between;
  const record::v1::CounterpartPart* counterpart = nullptr;  // where it is open
  std::optional<uint64_t> logged_at_us;
};

Replayed Compare(Replayed replayed, const policies::PackSet& packs, const ActPart& act,
                 const DecisionPart& part, std::string_view day, const Around& around) {
  const DecidedAgain again = DecideAgain(packs, part);
  if (again.unknown_attribute) {
    return Obstacle(std::move(replayed), "attribute", *again.unknown_attribute);
  }
  std::vector<std::string_view> differs = Differences(packs, again, act, part, day);
  if (!again.engines_agree) {
    differs.push_back("engines");
    return Mismatch(std::move(replayed), std::move(differs));
  }
  const bool refused_unsaid =
      act.outcome() == record::v1::OUTCOME_REFUSED && SaysNothing(act, part);
  const ClauseFit clause =
      JudgeClause(around.protocols, again.decision, act, part, around.between, refused_unsaid);
  if (clause == ClauseFit::kNoText) {
    replayed.unchecked_protocol = *crypto::ToFixed<32>(part.protocol_digest());
  }
  if (again.decision.outcome == policies::Outcome::kPermit) {
    if (refused_unsaid && act.refusal() == kNotInProtocol) {
      return CitingNothing(JudgeOutside(std::move(replayed), clause), part);
    }
    if (refused_unsaid && clause != ClauseFit::kDiffers) {
      return CitingNothing(JudgeWithheld(std::move(replayed), again.withheld, std::move(differs)),
                           part);
    }
    // What nothing carries out must not have been done.
    if (act.outcome() == record::v1::OUTCOME_DONE && again.withheld == Withheld::kYes &&
        (differs.empty() || differs.front() != "decision")) {
      differs.insert(differs.begin(), "decision");
    }
  }
  if (clause == ClauseFit::kDiffers) {
    differs.insert(std::find(differs.begin(), differs.end(), "citations"), "clause");
  }
  if (!differs.empty()) return Mismatch(std::move(replayed), std::move(differs));
  if (clause == ClauseFit::kPartner) return Obstacle(std::move(replayed), "partner");
  replayed.verdict = ReplayVerdict::kEqual;
  return replayed;
}

// On a day on which the packs are not valid a node asks them nothing.
Replayed CompareInvalidDay(Replayed replayed, const ActPart& act, const DecisionPart& part) {
  if (act.outcome() != record::v1::OUTCOME_REFUSED || !part.attributes().empty() ||
      !SaysNothing(act, part)) {
    return Mismatch(std::move(replayed), {"validity"});
  }
  replayed.verdict = ReplayVerdict::kEqual;
  return CitingNothing(std::move(replayed), part);
}

bool LoggedThen(const ActPart& act, std::optional<uint64_t> logged_at_us) {
  if (!logged_at_us) return true;
  const uint64_t decided_at_us = act.exact_time_us();
  return (decided_at_us < *logged_at_us ? *logged_at_us - decided_at_us
                                        : decided_at_us - *logged_at_us) <= kMostApartUs;
}

Replayed ReplayPart(Replayed replayed, RulePacks& known, const ActPart& act,
                    const DecisionPart& part, const Around& around) {
  if (std::find(kEngines.begin(), kEngines.end(), part.engine_version()) == kEngines.end()) {
    return Obstacle(std::move(replayed), "engine", part.engine_version());
  }
  const std::optional<NamedPacks> named = PacksOf(act);
  if (!named) return Obstacle(std::move(replayed), "malformed");
  // A share that the node ended itself before it came to asking: there is nothing to compare.
  const bool unasked = part.attributes().empty() && SaysNothing(act, part) &&
                       part.citations().empty() && act.outcome() == record::v1::OUTCOME_REFUSED &&
                       act.refusal() != kNotEvaluated;
  const RulePacks::Found found = known.Find(named->layers);
  if (unasked && found.packs == nullptr) return replayed;
  if (found.missing) {
    replayed.verdict = ReplayVerdict::kPackMissing;
    replayed.layer = static_cast<Layer>(*found.missing);
    replayed.digest = *named->layers[*found.missing];
    return replayed;
  }
  if (found.packs == nullptr) return Obstacle(std::move(replayed), "refused", found.refused);
  const auto day = LegalDay(static_cast<int64_t>(act.exact_time_us() / kSecondUs));
  const bool valid = found.packs->ValidOn(day);
  if (unasked && valid) return replayed;
  replayed = valid ? Compare(std::move(replayed), *found.packs, act, part, day, around)
                   : CompareInvalidDay(std::move(replayed), act, part);
  if (!FitsOperation(act, part, around.counterpart)) {
    replayed = AlsoDiffers(std::move(replayed), "decision");
  }
  if (!NamedOnItsDays(around.protocols, part, day) || !LoggedThen(act, around.logged_at_us)) {
    replayed = AlsoDiffers(std::move(replayed), "validity");
  }
  if (found.packs->digests().effective != *named->effective) {
    replayed = AlsoDiffers(std::move(replayed), "packs");
  }
  return replayed;
}

}  // namespace

std::string_view ReplayVerdictName(ReplayVerdict verdict) {
  return kVerdictNames[static_cast<size_t>(verdict)];
}

void Replayer::SetOrigin(std::string_view origin) {
  organisation_ = origin.ends_with(kLogName) ? origin.substr(0, origin.size() - kLogName.size())
                                             : std::string_view();
}

// What an act is in is that of the manifest in force, and a version of a manifest has one state.
bool Replayer::SameExercise(const ActPart& act) {
  const std::pair manifest(act.manifest_version(), crypto::Sha256(act.partnership()));
  const auto [first, fresh] = exercise_.try_emplace(manifest, act.exercise());
  if (!fresh) return first->second == act.exercise();
  // Versions only go up.
  if (exercise_.size() > kMostManifests) exercise_.erase(exercise_.begin());
  return true;
}

Replayed Replayer::Replay(uint64_t index, const ExportPart& act_part,
                          const ExportPart& decision_part, const ExportPart& counterpart_part,
                          std::optional<uint64_t> logged_at_us) {
  ActPart act;
  const bool read = act_part.state == ExportPart::State::kOpen && Read(act_part, act) &&
                    act.exact_time_us() / kSecondUs < kYear10000S;
  Replayed replayed =
      Judge(index, read ? &act : nullptr, act_part, decision_part, counterpart_part, logged_at_us);
  return read && !SameExercise(act) ? AlsoDiffers(std::move(replayed), "exercise") : replayed;
}

Replayed Replayer::Judge(uint64_t index, const ActPart* read, const ExportPart& act_part,
                         const ExportPart& decision_part, const ExportPart& counterpart_part,
                         std::optional<uint64_t> logged_at_us) {
  Replayed replayed{.index = index};
  DecisionPart part;
  // An entry without a decision says so in its decision part, which is then open and empty.
  if (auto obstacle = NotThere(replayed, decision_part)) return *std::move(obstacle);
  if (auto obstacle = NotThere(replayed, act_part)) return *std::move(obstacle);
  if (read == nullptr) return Obstacle(std::move(replayed), "malformed");
  const ActPart& act = *read;
  replayed.time_us = act.exact_time_us();
  record::v1::CounterpartPart counterpart;
  const bool told = counterpart_part.state == ExportPart::State::kOpen;
  if (told && !Read(counterpart_part, counterpart)) {
    return Obstacle(std::move(replayed), "malformed");
  }
  const record::v1::CounterpartPart* with = told ? &counterpart : nullptr;
  if (decision_part.bytes.empty()) {
    return act.rule_ids().empty() && !NeedsDecision(act, with)
               ? replayed
               : Mismatch(std::move(replayed), {"decision"});
  }
  if (!Read(decision_part, part)) return Obstacle(std::move(replayed), "malformed");
  return ReplayPart(std::move(replayed), packs_, act, part,
                    {protocols_, {organisation_, counterpart.peer()}, with, logged_at_us});
}

}  // namespace sluis::client
