#include "server/core/reviews.h"

#include <algorithm>
#include <utility>

#include "server/core/asked_evaluation.h"
#include "server/core/ceremony_rows.h"
#include "server/evaluation/limits.h"
#include "server/ledger/sealed_row.h"

namespace sluis::core {
namespace {

using evaluation::kSecondsPerDay;
using evaluation::kUsPerSecond;
using keys::MemberIndex;
using ledger::RowKey;
using ledger::Table;

// Until when a sample can be opened, after it was drawn.
constexpr uint64_t kOpenSeconds = 21 * kSecondsPerDay;
constexpr int kKeptFindings = 256;
// A request may reach its holders on the day after it was logged.
constexpr uint64_t kEdgeSeconds = kSecondsPerDay;

absl::Status Unreadable() {
  return absl::DataLossError("a row of a review cannot be read; run the node's doctor");
}

std::string Period(crypto::BytesView key_id, uint32_t first_day) {
  std::string out(key_id);
  crypto::AppendU32(out, first_day);
  return out;
}

// Empty for an index that no sharing has.
std::string NameOf(const SharedKey& key, MemberIndex index) {
  const auto holder = key.holders().find(index);
  return holder == key.holders().end() ? std::string() : holder->second;
}

absl::StatusOr<std::shared_ptr<const keys::Package>> ReadShared(const std::string& bytes) {
  absl::StatusOr<keys::Package> read = keys::ReadPackage(bytes);
  if (!read.ok()) {
    return absl::DataLossError("the row of a key cannot be read; run the node's doctor");
  }
  return std::make_shared<const keys::Package>(*std::move(read));
}

}  // namespace

std::string ReviewKey(crypto::BytesView key_id, uint32_t first_day) {
  return RowKey(Table::kReview, Period(key_id, first_day));
}

std::string ReviewListKey(crypto::BytesView key_id, uint32_t first_day, MemberIndex index,
                          uint32_t day) {
  std::string rest = Period(key_id, first_day);
  crypto::AppendU16(rest, index);
  crypto::AppendU32(rest, day);
  return RowKey(Table::kReviewGiven, rest);
}

std::string ReviewRevealKey(crypto::BytesView key_id, uint32_t first_day, MemberIndex index) {
  return ReviewListKey(key_id, first_day, index, kReveal);
}

absl::StatusOr<ReviewRow> ReadReview(const View& view, crypto::BytesView key_id,
                                     uint32_t first_day) {
  const absl::StatusOr<ledger::Row> stored =
      ledger::ReadRow(view.snapshot(), view.keyring(), ReviewKey(key_id, first_day));
  if (!stored.ok()) return stored.status();
  if (stored->stamp == ledger::kAbsent) return absl::NotFoundError("there is no such review");
  ReviewRow out;
  out.stamp = stored->stamp;
  if (!out.row.ParseFromString(stored->value) || out.row.version() != 1) return Unreadable();
  return out;
}

absl::Status VisitReviews(const View& view, const std::function<void(const ReviewRow&)>& visit) {
  const std::string prefix = RowKey(Table::kReview);
  absl::Status fault = absl::OkStatus();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        const absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        ReviewRow out;
        if (!row.ok() || !out.row.ParseFromString(row->value) || out.row.version() != 1) {
          fault = Unreadable();
          return false;
        }
        out.stamp = row->stamp;
        visit(out);
        return true;
      });
  return scanned.ok() ? fault : scanned;
}

absl::StatusOr<SharedKey> SharedKey::Of(const View& view, const Terms& terms,
                                        std::string_view purpose, uint32_t epoch) {
  const absl::StatusOr<PinnedKey> pinned =
      epoch == 0 ? NewestPinnedKey(view, terms.partnership, purpose)
                 : ReadPinnedKey(view, terms.partnership, purpose, record::v1::KEY_USE_TAGS, epoch);
  if (!pinned.ok()) return pinned.status();
  SharedKey out;
  uint64_t since_s = pinned->row.since_s();
  for (const record::v1::EarlierSharing& earlier : pinned->row.earlier()) {
    auto package = ReadShared(earlier.package());
    if (!package.ok()) return package.status();
    out.packages_.push_back(*std::move(package));
    out.until_.push_back(evaluation::DayOf(earlier.until_s()));
    since_s = std::min<uint64_t>(since_s, earlier.since_s());
  }
  // With as many as are kept there may have been one before them.
  const bool whole = pinned->row.earlier_size() + 1 < static_cast<int>(evaluation::kMaxSharings);
  out.since_day_ = whole ? evaluation::DayOf(since_s) : 0;
  out.packages_.push_back(std::make_shared<const keys::Package>(pinned->package));
  for (const auto& package : out.packages_) {
    for (const keys::KeyHolder& holder : package->holders) {
      out.holders_[holder.index] = holder.organisation;
    }
  }
  if (terms.manifest == nullptr) return out;
  for (const auto& [index, organisation] : out.holders_) {
    const partnership::Member* member = terms.manifest->manifest.Find(organisation);
    if (member == nullptr) continue;
    for (const partnership::Key& key : member->keys) {
      if (key.purpose == crypto::KeyPurpose::kIdentity) out.keys_[index].push_back(key.public_key);
    }
  }
  return out;
}

std::vector<evaluation::Sharing> SharedKey::Sharings() const {
  std::vector<evaluation::Sharing> out;
  for (size_t i = 0; i < packages_.size(); ++i) {
    out.push_back({*packages_[i], i == 0 ? since_day_ : until_[i - 1],
                   i < until_.size() ? until_[i] : UINT32_MAX});
  }
  return out;
}

bool SharedKey::Held(MemberIndex index, uint32_t day) const {
  for (const evaluation::Sharing& sharing : Sharings()) {
    if (sharing.first_day <= day && day <= sharing.last_day &&
        sharing.package.Find(index) != nullptr) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<Given> ReadGiven(const View& view, const record::v1::StoredReview& review) {
  const std::string prefix =
      RowKey(Table::kReviewGiven, Period(review.key_id(), review.first_day()));
  Given out;
  absl::Status fault = absl::OkStatus();
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view stored) {
        absl::StatusOr<ledger::Row> row = ledger::OpenRow(view.keyring(), key, stored);
        crypto::Reader rest(key.substr(prefix.size()));
        uint16_t index = 0;
        uint32_t day = 0;
        if (!row.ok() || !rest.U16(&index) || !rest.U32(&day) || !rest.done()) {
          fault = Unreadable();
          return false;
        }
        out.emplace(std::pair(index, day), std::move(row->value));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!fault.ok()) return fault;
  return out;
}

std::map<MemberIndex, std::vector<uint32_t>> Lacking(const SharedKey& key,
                                                     const record::v1::StoredReview& review,
                                                     const Given& given) {
  std::map<MemberIndex, std::vector<uint32_t>> out;
  for (const auto& [index, organisation] : key.holders()) {
    for (uint32_t day = review.first_day(); day <= review.last_day(); ++day) {
      if (key.Held(index, day) && !given.contains({index, day})) out[index].push_back(day);
    }
  }
  return out;
}

absl::StatusOr<evaluation::Period> GatherPeriod(const SharedKey& key,
                                                const record::v1::StoredReview& review,
                                                const std::string& organisation,
                                                const evaluation::Caps& caps, const Given& given) {
  std::vector<std::string> lists;
  for (const auto& [at, bytes] : given) {
    if (at.second != kReveal) lists.push_back(bytes);
  }
  absl::StatusOr<evaluation::Period> period = evaluation::Period::OfKept(
      key.Sharings(), {organisation, review.first_day(), review.last_day()}, caps, lists);
  if (period.ok() && !review.period_digest().empty() &&
      crypto::View(period->digest()) != crypto::BytesView(review.period_digest())) {
    return absl::DataLossError(
        "the lists of a review are not those with which it was fixed; run the node's doctor");
  }
  return period;
}

absl::StatusOr<evaluation::Sample> SampleOf(const record::v1::StoredReview& review,
                                            const evaluation::Period& period, const Given& given) {
  if (review.everything()) return evaluation::Sample::Everything(period);
  std::vector<std::string> reveals;
  for (const auto& [at, bytes] : given) {
    if (at.second == kReveal) reveals.push_back(bytes);
  }
  return evaluation::Sample::OfKept(period, reveals, review.per_holder());
}

absl::Status PutSample(const SharedKey& key, const evaluation::Period& period,
                       const evaluation::Sample& sample, uint64_t now_s,
                       record::v1::StoredReview& review) {
  const auto text = [](const crypto::Hash& hash) { return std::string(crypto::View(hash)); };
  review.set_state(record::v1::REVIEW_STATE_DRAWN);
  review.set_period_digest(text(period.digest()));
  review.set_requests(static_cast<uint32_t>(period.requests().size()));
  review.set_open_until_s(now_s + kOpenSeconds);
  review.clear_missing();
  for (const MemberIndex index : period.missing()) review.add_missing(NameOf(key, index));
  review.clear_sample();
  for (const crypto::Hash& digest : sample.requests()) {
    const auto request = period.requests().find(digest);
    if (request == period.requests().end()) return Unreadable();
    record::v1::SampledEvaluation& one = *review.add_sample();
    one.set_request_digest(text(digest));
    one.set_leaf_hash(request->second.item.leaf_hash());
  }
  review.clear_findings();
  review.set_more_findings(period.more_findings());
  for (const evaluation::PeriodFinding& found : period.findings()) {
    if (review.findings_size() == kKeptFindings) {
      review.set_more_findings(true);
      break;
    }
    record::v1::ReviewFinding& finding = *review.add_findings();
    finding.set_fault(std::string(evaluation::PeriodFaultName(found.fault)));
    for (const MemberIndex index : found.holders) finding.add_holders(NameOf(key, index));
    for (const crypto::Hash& digest : found.requests) {
      const auto request = period.requests().find(digest);
      if (request != period.requests().end()) {
        finding.add_leaf_hashes(request->second.item.leaf_hash());
      }
    }
  }
  return absl::OkStatus();
}

std::set<std::string> ListedIn(const Given& given) {
  std::set<std::string> out;
  for (const auto& [at, bytes] : given) {
    if (at.second == kReveal) continue;
    const absl::StatusOr<evaluation::DayList> list = evaluation::ReadDayList(bytes);
    if (!list.ok()) continue;
    for (const peer::v1::EvaluatedItem& item : list->body.items()) out.insert(item.request_id());
  }
  return out;
}

absl::StatusOr<std::vector<std::string>> BegunIn(const View& view,
                                                 const record::v1::StoredReview& review,
                                                 const std::set<std::string>& listed,
                                                 absl::Status& fault) {
  const uint64_t from_s = review.first_day() * kSecondsPerDay;
  const uint64_t until_s = (uint64_t{review.last_day()} + 1) * kSecondsPerDay;
  std::vector<std::string> out;
  // What the review before this one left because nobody had listed it by then.
  bool follows = false;
  const absl::Status others = VisitReviews(view, [&](const ReviewRow& other) {
    follows = follows || (other.row.key_id() == review.key_id() &&
                          other.row.last_day() + 1 == review.first_day() &&
                          other.row.state() == record::v1::REVIEW_STATE_CLOSED);
  });
  if (!others.ok()) return others;
  const std::string prefix = RowKey(Table::kAskedEvaluation);
  const absl::Status scanned = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        const std::string id(key.substr(prefix.size()));
        const absl::StatusOr<AskedRow> asked = ReadAsked(view, id);
        if (!asked.ok()) {
          fault.Update(asked.status());
          return true;
        }
        if (asked->row.key_id() != review.key_id()) return true;
        const uint64_t begun_s = asked->row.begun_s();
        const bool inside = begun_s >= from_s && begun_s + kEdgeSeconds < until_s;
        const bool at_edge = begun_s + kEdgeSeconds >= from_s && begun_s < until_s;
        const bool left = follows && begun_s + kEdgeSeconds >= from_s && begun_s < from_s;
        if (inside || left || (at_edge && listed.contains(id))) out.push_back(id);
        return true;
      });
  if (!scanned.ok()) return scanned;
  return out;
}

absl::StatusOr<node::v1::ReviewView> ViewOf(const View& view, const Terms& terms,
                                            const ReviewRow& review) {
  node::v1::ReviewView out;
  *out.mutable_review() = review.row;
  const absl::StatusOr<Given> given = ReadGiven(view, review.row);
  if (!given.ok()) return given.status();
  const absl::StatusOr<SharedKey> key =
      SharedKey::Of(view, terms, review.row.purpose(), review.row.epoch());
  if (!key.ok() && !absl::IsNotFound(key.status())) return key.status();
  if (key.ok()) {
    for (const auto& [index, organisation] : key->holders()) {
      node::v1::ReviewHolder& holder = *out.add_holders();
      holder.set_organisation(organisation);
      holder.set_revealed(given->contains({index, kReveal}));
      const auto first = given->lower_bound({index, 0});
      const auto last = given->lower_bound({index, kReveal});
      holder.set_lists(static_cast<uint32_t>(std::distance(first, last)));
    }
  }
  absl::Status fault = absl::OkStatus();
  const auto begun = BegunIn(view, review.row, ListedIn(*given), fault);
  if (!begun.ok()) return begun.status();
  out.set_to_destroy(static_cast<uint32_t>(begun->size()));
  return out;
}

}  // namespace sluis::core
