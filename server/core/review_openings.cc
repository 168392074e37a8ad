#include "server/core/review_openings.h"

#include <algorithm>
#include <map>
#include <optional>

#include "server/core/asked_evaluation.h"
#include "server/core/query_log.h"
#include "server/core/refusal.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"
#include "server/ledger/leaf.h"
#include "server/ledger/reader.h"

namespace sluis::core {
namespace {

using evaluation::kSecondsPerDay;
using evaluation::kUsPerSecond;
using evaluation::OpeningVerdict;
using ledger::OpenedPart;
using ledger::Part;

absl::StatusOr<uint64_t> TimeOf(const ledger::LogReader& reader, uint64_t index) {
  const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(index);
  if (!entry.ok()) return entry.status();
  const absl::StatusOr<ledger::Leaf> leaf = ledger::DecodeLeaf(entry->leaf);
  if (!leaf.ok()) return absl::DataLossError("a leaf of the log cannot be read");
  return leaf->logged_at_us;
}

// The first entry logged at that time or later; times of a log do not go back.
absl::StatusOr<uint64_t> FirstSince(const ledger::LogReader& reader, uint64_t size, uint64_t us) {
  uint64_t low = 0;
  uint64_t high = size;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    const absl::StatusOr<uint64_t> time = TimeOf(reader, middle);
    if (!time.ok()) return time.status();
    (*time < us ? low : high) = *time < us ? middle + 1 : middle;
  }
  return low;
}

// Where the entries of a period stand, by leaf hash. A holder's day may be the one before or after
// that of the entry.
absl::StatusOr<std::map<std::string, uint64_t>> EntriesOf(const ledger::LogReader& reader,
                                                          uint64_t size,
                                                          const record::v1::StoredReview& review) {
  const uint64_t first_s = std::max<uint64_t>(review.first_day(), 1) - 1;
  const auto first = FirstSince(reader, size, first_s * kSecondsPerDay * kUsPerSecond);
  if (!first.ok()) return first.status();
  const auto last =
      FirstSince(reader, size, (uint64_t{review.last_day()} + 2) * kSecondsPerDay * kUsPerSecond);
  if (!last.ok()) return last.status();
  std::map<std::string, uint64_t> out;
  for (uint64_t index = *first; index < *last; ++index) {
    const absl::StatusOr<crypto::Hash> hash = reader.LeafHash(index);
    if (!hash.ok()) return hash.status();
    out.emplace(std::string(crypto::View(*hash)), index);
  }
  return out;
}

// One entry as this node can open it.
struct OpenedEntry {
  evaluation::Opening opening;
  uint64_t erased_by = 0;
  bool erased_by_asker = false;
  uint64_t erased_at_us = 0;
  record::v1::SubjectPart subject;
};

absl::StatusOr<std::string> ActorOf(const ledger::LogReader& reader,
                                    const ledger::StoredEntry& entry) {
  const absl::StatusOr<OpenedPart> part = reader.Open(entry, Part::kActor);
  if (!part.ok()) return part.status();
  record::v1::ActorPart actor;
  if (part->state != OpenedPart::State::kOpen || !actor.ParseFromString(part->bytes)) {
    return std::string();
  }
  return actor.user_id();
}

// Whether a record, or who it is about, took it along. What this node destroys by itself, when its
// last day or another review is over, is no reason why it cannot be shown in this one.
absl::StatusOr<bool> IsOfRecord(const ledger::LogReader& reader,
                                const ledger::StoredEntry& erasure) {
  const absl::StatusOr<OpenedPart> part = reader.Open(erasure, Part::kCounterpart);
  if (!part.ok()) return part.status();
  record::v1::CounterpartPart says;
  if (part->state != OpenedPart::State::kOpen || !says.ParseFromString(part->bytes)) return false;
  return says.kind() != kKindPersons && says.kind() != kKindReview;
}

absl::Status AddErasure(const ledger::LogReader& reader, const ledger::StoredEntry& entry,
                        uint64_t erased_by, OpenedEntry& out) {
  const absl::StatusOr<uint64_t> time = TimeOf(reader, erased_by);
  if (!time.ok()) return time.status();
  const absl::StatusOr<ledger::StoredEntry> erasure = reader.Entry(erased_by);
  if (!erasure.ok()) return erasure.status();
  const absl::StatusOr<bool> of_record = IsOfRecord(reader, *erasure);
  if (!of_record.ok()) return of_record.status();
  if (!*of_record) return absl::OkStatus();
  const absl::StatusOr<std::string> asker = ActorOf(reader, entry);
  if (!asker.ok()) return asker.status();
  const absl::StatusOr<std::string> eraser = ActorOf(reader, *erasure);
  if (!eraser.ok()) return eraser.status();
  out.opening.subject_erased = true;
  out.erased_by = erased_by;
  out.erased_at_us = *time;
  out.erased_by_asker = !asker->empty() && *asker == *eraser;
  return absl::OkStatus();
}

absl::StatusOr<OpenedEntry> Open(const ledger::LogReader& reader, uint64_t index,
                                 const std::vector<crypto::TreeHead>& heads) {
  OpenedEntry out;
  const absl::StatusOr<ledger::StoredEntry> entry = reader.Entry(index);
  if (!entry.ok()) return entry.status();
  out.opening.leaf = entry->leaf;
  for (const crypto::TreeHead& head : heads) {
    if (head.size > index && head.size > out.opening.tree_size) out.opening.tree_size = head.size;
  }
  if (out.opening.tree_size != 0) {
    auto proof = reader.InclusionProof(index, out.opening.tree_size);
    if (!proof.ok()) return proof.status();
    out.opening.inclusion = *std::move(proof);
  }
  const absl::StatusOr<OpenedPart> counterpart = reader.Open(*entry, Part::kCounterpart);
  if (!counterpart.ok()) return counterpart.status();
  out.opening.counterpart_salt = std::string(crypto::View(counterpart->salt));
  out.opening.counterpart = counterpart->bytes;
  absl::StatusOr<OpenedPart> subject = reader.Open(*entry, Part::kSubject);
  if (!subject.ok()) return subject.status();
  if (subject->state == OpenedPart::State::kErased) {
    const absl::Status added = AddErasure(reader, *entry, subject->erased_by_entry, out);
    if (!added.ok()) return added;
  } else if (subject->state == OpenedPart::State::kOpen) {
    out.opening.subject_salt = std::string(crypto::View(subject->salt));
    out.opening.subject.assign(subject->bytes.begin(), subject->bytes.end());
    if (!out.subject.ParseFromString(subject->bytes)) out.subject.Clear();
    crypto::Wipe(subject->bytes);
  }
  return out;
}

void Say(const OpenedEntry& entry, OpeningVerdict verdict, const record::v1::StoredReview& review,
         uint64_t now_us, record::v1::SampledEvaluation& out) {
  out.set_verdict(std::string(evaluation::OpeningName(verdict)));
  out.set_opened_at_s(now_us / kUsPerSecond);
  if (verdict != OpeningVerdict::kErased) return;
  out.set_erased_by_entry(entry.erased_by);
  out.set_erased_by_asker(entry.erased_by_asker);
  out.set_erased_in_period(entry.erased_at_us <
                           (uint64_t{review.last_day()} + 1) * kSecondsPerDay * kUsPerSecond);
}

}  // namespace

const Method& OpenSample::method() const {
  static const Method& method = MethodNamed("ReviewService.OpenSample");
  return method;
}

absl::StatusOr<Plan> OpenSample::Decide(const Call& call, View& view) {
  response_->Clear();
  node::v1::OpenParts parts;
  parts.set_subject(true);
  parts.set_decision_ref(request_.decision_ref());
  if (auto refusal = RefuseLook(request_.reason(), parts)) {
    return RefusalPlan(call, *std::move(refusal));
  }
  auto found = NameReview(call, view, request_.period());
  if (!found.ok()) return found.status();
  if (auto* refusal = std::get_if<Plan>(&*found)) return std::move(*refusal);
  const auto& named = std::get<NamedReview>(*found);
  if (!named.review) {
    return RefuseReview(call, "no_review", "collect the lists of this period first", "period");
  }
  record::v1::StoredReview row = named.review->row;
  if (!tools_ || row.state() != record::v1::REVIEW_STATE_DRAWN) {
    return RefuseReview(call, "review_step",
                        "draw the sample first; a closed review is not opened again");
  }
  const absl::StatusOr<Given> given = ReadGiven(view, row);
  if (!given.ok()) return given.status();
  const auto period = GatherPeriod(named.key, row, call.terms->organisation, tools_->caps, *given);
  if (!period.ok()) return absl::DataLossError(period.status().message());
  const auto sample = SampleOf(row, *period, *given);
  if (!sample.ok()) return absl::DataLossError(sample.status().message());
  evaluation::Review review(named.key.package(), *period, tools_->case_key, *sample,
                            row.open_until_s());
  std::vector<crypto::TreeHead> heads = period->log_heads();
  for (const record::v1::KnownLogHead& told : row.heads()) {
    const absl::StatusOr<crypto::Hash> root = crypto::ToFixed<32>(told.root());
    if (!root.ok()) continue;
    heads.push_back({told.size(), *root});
    review.KnowHead(heads.back());
  }
  const ledger::LogReader reader(tools_->origin, view.snapshot(), view.keyring());
  const absl::StatusOr<uint64_t> size = reader.Size();
  if (!size.ok()) return size.status();
  // A list may name a head beyond this log, or another root: a finding, and nothing to prove from.
  std::vector<crypto::TreeHead> own;
  for (const crypto::TreeHead& head : heads) {
    if (head.size > *size) continue;
    const absl::StatusOr<crypto::TreeHead> here = reader.Head(head.size);
    if (!here.ok()) return here.status();
    if (here->root == head.root) own.push_back(head);
  }
  const auto entries = EntriesOf(reader, *size, row);
  if (!entries.ok()) return entries.status();

  Plan plan;
  const uint64_t now_s = call.now_us / kUsPerSecond;
  std::map<std::string, record::v1::SampledEvaluation*> places;
  for (record::v1::SampledEvaluation& one : *row.mutable_sample()) {
    places[one.request_digest()] = &one;
    const auto before = evaluation::OpeningNamed(one.verdict());
    const auto digest = crypto::ToFixed<32>(one.request_digest());
    if (!before || !digest.ok()) continue;
    if (const absl::Status put = review.Restore(*digest, *before); !put.ok()) return put;
  }
  std::vector<crypto::Hash> waiting = review.Waiting(now_s);
  // What did not open the last time comes after what was not tried.
  const auto place = [&places](const crypto::Hash& request) {
    const auto at = places.find(std::string(crypto::View(request)));
    return at == places.end() ? nullptr : at->second;
  };
  std::stable_partition(waiting.begin(), waiting.end(), [&](const crypto::Hash& request) {
    const record::v1::SampledEvaluation* one = place(request);
    return one == nullptr || one->verdict().empty();
  });
  for (const crypto::Hash& request : waiting) {
    if (plan.effects.size() == kMost) break;
    record::v1::SampledEvaluation* const found_one = place(request);
    const auto listed = period->requests().find(request);
    if (found_one == nullptr || listed == period->requests().end()) {
      return absl::DataLossError(
          "the sample of a review is not that of its lists; run the node's "
          "doctor");
    }
    record::v1::SampledEvaluation& one = *found_one;
    OpenedEntry entry;
    const auto index = entries->find(one.leaf_hash());
    if (index != entries->end()) {
      absl::StatusOr<OpenedEntry> opened = Open(reader, index->second, own);
      if (!opened.ok() && !absl::IsDataLoss(opened.status())) return opened.status();
      if (opened.ok()) entry = *std::move(opened);
    }
    const auto verdict = review.Take(request, entry.opening, now_s);
    if (!verdict.ok()) return verdict.status();
    Say(entry, *verdict, row, call.now_us, one);
    Effect effect = LookOf(call, named.answer, request_.reason(), parts);
    effect.entry.act.set_object_digest(one.leaf_hash());
    record::v1::CounterpartPart part;
    part.ParseFromString(
        ReviewStep(call, named.answer, row, named.review->stamp, one.verdict()).entry.counterpart);
    part.set_exchange_id(listed->second.item.request_id());
    effect.entry.counterpart = part.SerializeAsString();
    node::v1::OpenedEvaluation& said = *response_->add_opened();
    *said.mutable_result() = one;
    said.set_case_ref(entry.subject.case_ref());
    for (const std::string& id : entry.subject.record_ids()) said.add_record_ids(id);
    evaluation::WipeSubject(entry.subject);
    plan.effects.push_back(std::move(effect));
  }
  if (plan.effects.empty()) {
    return RefuseReview(call, "review_step",
                        "everything that could be opened is; close the review");
  }
  plan.effects[0].preconditions.push_back(
      {ReviewKey(row.key_id(), row.first_day()), named.review->stamp});
  plan.effects[0].rows.push_back(RowOf(row));
  absl::StatusOr<node::v1::ReviewView> shown =
      ViewOf(view, *call.terms, {named.review->stamp, std::move(row)});
  if (!shown.ok()) return shown.status();
  *response_->mutable_review() = *std::move(shown);
  plan.reply = [response = response_](std::span<const ledger::Logged> logged) {
    for (size_t i = 0; i < logged.size(); ++i) {
      *response->mutable_opened(static_cast<int>(i))->mutable_log_receipt() =
          LogReceiptOf(logged[i]);
    }
    return absl::OkStatus();
  };
  return plan;
}

}  // namespace sluis::core
