#include "server/evaluation/book.h"

#include <algorithm>

#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

using envelope::IsHash;
using record::v1::EVALUATION_PROOF_STATE_PROVEN;
using record::v1::EVALUATION_PROOF_STATE_SET_ASIDE;

constexpr uint32_t kLeastCaseDays = 16;
constexpr size_t kMaxRowBytes = kMaxRequestBytes + 1024;

uint32_t DayOfRow(const HeldRow& row) { return DayOf(row.taken_at_s()); }

// Whether it is still held against the asker.
bool IsOpen(const HeldRow& row) {
  return row.proof() != EVALUATION_PROOF_STATE_PROVEN &&
         row.proof() != EVALUATION_PROOF_STATE_SET_ASIDE;
}

}  // namespace

absl::Status Caps::Check() const {
  if (per_case == 0 || per_person_day == 0 || per_asker_day == 0 || unproven == 0 || rows == 0) {
    return absl::InvalidArgumentError("a cap of an evaluation is 0; give 1 or more");
  }
  if (case_days < kLeastCaseDays || case_days > 366) {
    return absl::InvalidArgumentError(
        "the cap of a case must count 16 to 366 days; otherwise an old signature could be used "
        "again");
  }
  return absl::OkStatus();
}

uint64_t AskerTotal(uint64_t holders, uint64_t threshold, uint64_t cap) {
  return threshold == 0 ? 0 : holders * cap / threshold;
}

uint64_t CapForTotal(uint64_t holders, uint64_t threshold, uint64_t total) {
  // floor(holders * cap / threshold) <= total when holders * cap < threshold * (total + 1).
  return holders == 0 ? 0 : (threshold * (total + 1) - 1) / holders;
}

StoredRow StoredFormOf(const HeldRow& row) {
  return {crypto::Lp(row.asker()) + row.key_id() + row.request_id(), row.SerializeAsString()};
}

absl::StatusOr<HeldRow> ReadHeldRow(crypto::BytesView bytes) {
  HeldRow row;
  const bool reads = envelope::ReadCanonical(bytes, kMaxRowBytes, row);
  const bool proven = row.proof() == EVALUATION_PROOF_STATE_PROVEN;
  if (!reads || row.version() != kVersion || !authn::IsOrganisationId(row.asker()) ||
      !IsHash(row.key_id()) || !envelope::IsExchangeId(row.request_id()) ||
      !IsHash(row.request_digest()) || !IsHash(row.leaf_hash()) || !IsHash(row.case_token()) ||
      row.pseudonym().size() != 16 || row.count() == 0 || row.count() > kMaxElements ||
      !IsHash(row.blinded_digest()) || row.taken_at_s() == 0 || row.generation() == 0 ||
      row.proof() == record::v1::EVALUATION_PROOF_STATE_UNSPECIFIED ||
      !record::v1::EvaluationProofState_IsValid(row.proof()) ||
      row.signed_request().size() > kMaxRequestBytes || row.signed_request().empty() != proven) {
    return absl::InvalidArgumentError(
        "a row of evaluations cannot be read; put the node back from its last backup");
  }
  return row;
}

StoredRow StoredFormOf(const record::v1::HeldReveal& row) {
  return {crypto::Lp(row.asker()) + row.key_id() + row.period_digest(), row.SerializeAsString()};
}

absl::StatusOr<record::v1::HeldReveal> ReadHeldReveal(crypto::BytesView bytes) {
  record::v1::HeldReveal row;
  if (!envelope::ReadCanonical(bytes, kMaxRowBytes, row) || row.version() != kVersion ||
      !authn::IsOrganisationId(row.asker()) || !IsHash(row.key_id()) ||
      row.last_day() < row.first_day() || !IsHash(row.period_digest())) {
    return absl::InvalidArgumentError(
        "a row of reveals cannot be read; put the node back from its last backup");
  }
  return row;
}

uint32_t Book::KeptDays() const { return std::max(caps_.case_days, kLeastKeptDays); }

absl::StatusOr<std::shared_ptr<Book>> Book::From(const Caps& caps,
                                                 std::span<const std::string> rows) {
  if (absl::Status checked = caps.Check(); !checked.ok()) return checked;
  auto out = std::make_shared<Book>(caps);
  for (const std::string& bytes : rows) {
    absl::StatusOr<HeldRow> row = ReadHeldRow(bytes);
    if (!row.ok()) return row.status();
    out->Put(*std::move(row));
  }
  return out;
}

bool Book::IsNew(const HeldRow& row) const {
  return !rows_.contains(KeyOf(row)) && !leaves_.contains({row.asker(), row.leaf_hash()});
}

Room Book::RoomFor(const HeldRow& row) const {
  if (!IsNew(row)) return Room::kUsed;
  const uint32_t day = DayOfRow(row);
  const uint32_t first = day + 1 - std::min(caps_.case_days, day + 1);
  const auto requests = requests_.find({row.asker(), day});
  const bool fits =
      Sum(cases_, {row.asker(), row.case_token()}, first, day) + row.count() <= caps_.per_case &&
      Sum(persons_, {row.asker(), row.pseudonym()}, day, day) + row.count() <=
          caps_.per_person_day &&
      Sum(askers_, {row.asker(), ""}, day, day) + row.count() <= caps_.per_asker_day &&
      (requests == requests_.end() || requests->second < kMaxListItems);
  const auto held = held_.find(row.asker());
  if (!fits || (held != held_.end() && held->second >= caps_.rows)) return Room::kQuota;
  const auto unproven = unproven_.find(row.asker());
  if (unproven != unproven_.end() && unproven->second >= caps_.unproven) return Room::kUnproven;
  return Room::kFree;
}

uint64_t Book::Sum(const Tally& tally, const Key& key, uint32_t from_day, uint32_t to_day) {
  const auto found = tally.find(key);
  if (found == tally.end()) return 0;
  uint64_t sum = 0;
  for (auto day = found->second.lower_bound(from_day);
       day != found->second.end() && day->first <= to_day; ++day) {
    sum += day->second;
  }
  return sum;
}

void Book::Count(const HeldRow& row, bool add) {
  const uint32_t day = DayOfRow(row);
  const auto change = [&](uint32_t& value, uint32_t by) { value = add ? value + by : value - by; };
  const auto tally = [&](Tally& in, const std::string& what) {
    auto& days = in[{row.asker(), what}];
    change(days[day], row.count());
    if (days[day] == 0) days.erase(day);
    if (days.empty()) in.erase({row.asker(), what});
  };
  tally(cases_, row.case_token());
  tally(persons_, row.pseudonym());
  tally(askers_, "");
  change(requests_[{row.asker(), day}], 1);
  if (requests_[{row.asker(), day}] == 0) requests_.erase({row.asker(), day});
  if (IsOpen(row)) {
    // One that was shown to say something else uses up all that may be open: no more until people
    // have looked at it.
    const bool differs = row.proof() == record::v1::EVALUATION_PROOF_STATE_DIFFERS;
    change(unproven_[row.asker()], differs ? caps_.unproven : 1);
    if (unproven_[row.asker()] == 0) unproven_.erase(row.asker());
  }
}

void Book::Put(HeldRow row) {
  NotBefore(row.taken_at_s());
  Remove(row);
  Count(row, true);
  const Key key = KeyOf(row);
  leaves_[{row.asker(), row.leaf_hash()}] = key;
  days_[{row.asker(), row.key_id()}][DayOfRow(row)].insert(key);
  ++held_[row.asker()];
  rows_[key] = std::move(row);
}

void Book::Remove(const HeldRow& row) {
  const auto found = rows_.find(KeyOf(row));
  if (found == rows_.end()) return;
  Count(found->second, false);
  leaves_.erase({row.asker(), found->second.leaf_hash()});
  const auto of_key = days_.find({row.asker(), row.key_id()});
  const auto of_day = of_key->second.find(DayOfRow(found->second));
  of_day->second.erase(found->first);
  if (of_day->second.empty()) of_key->second.erase(of_day);
  if (of_key->second.empty()) days_.erase(of_key);
  if (--held_[row.asker()] == 0) held_.erase(row.asker());
  rows_.erase(found);
}

void Book::BeginLogging(const crypto::Hash& request_digest, const HeldRow& row) {
  logging_[request_digest] = {row.asker(), row.key_id(), DayOfRow(row)};
}

bool Book::IsLogging(const std::string& asker, crypto::BytesView key_id, uint32_t day) const {
  return std::any_of(logging_.begin(), logging_.end(), [&](const auto& one) {
    return one.second.asker == asker && one.second.key_id == key_id && one.second.day == day;
  });
}

const HeldRow* Book::Find(const std::string& asker, crypto::BytesView key_id,
                          crypto::BytesView request_id) const {
  const auto found = rows_.find({asker, std::string(key_id) + std::string(request_id)});
  return found == rows_.end() ? nullptr : &found->second;
}

const HeldRow* Book::FindByLeaf(const std::string& asker, const std::string& leaf_hash) const {
  const auto found = leaves_.find({asker, leaf_hash});
  return found == leaves_.end() ? nullptr : &rows_.at(found->second);
}

std::vector<HeldRow> Book::OfDay(const std::string& asker, crypto::BytesView key_id,
                                 uint32_t day) const {
  std::vector<HeldRow> out;
  const auto of_key = days_.find({asker, std::string(key_id)});
  if (of_key == days_.end()) return out;
  const auto of_day = of_key->second.find(day);
  if (of_day == of_key->second.end()) return out;
  for (const Key& key : of_day->second) out.push_back(rows_.at(key));
  std::sort(out.begin(), out.end(), [](const HeldRow& a, const HeldRow& b) {
    return a.request_digest() < b.request_digest();
  });
  return out;
}

std::vector<HeldRow> Book::All() const {
  std::vector<HeldRow> out;
  for (const auto& [key, row] : rows_) out.push_back(row);
  return out;
}

std::vector<std::string> Book::Prune(uint64_t now_s) {
  // Beyond the days that count, and beyond the longest period of which lists may be asked.
  const uint64_t keep_days = KeptDays();
  std::vector<HeldRow> old;
  for (const auto& [key, row] : rows_) {
    if (!IsOpen(row) && row.taken_at_s() + keep_days * kSecondsPerDay < now_s) old.push_back(row);
  }
  return Drop(old);
}

std::vector<std::string> Book::PruneListed(
    crypto::BytesView key_id, uint64_t now_s,
    const std::set<std::pair<std::string, uint32_t>>& listed) {
  std::vector<HeldRow> old;
  for (const auto& [asker, day] : listed) {
    // Until no cap counts it any more, and no statement under which its id could come again holds.
    if (DayOf(now_s) < day + uint64_t{caps_.case_days} + 1) continue;
    for (HeldRow& row : OfDay(asker, key_id, day)) {
      if (!IsOpen(row)) old.push_back(std::move(row));
    }
  }
  return Drop(old);
}

std::vector<std::string> Book::Drop(const std::vector<HeldRow>& old) {
  std::vector<std::string> out;
  for (const HeldRow& row : old) {
    out.push_back(StoredFormOf(row).key);
    Remove(row);
  }
  return out;
}

}  // namespace sluis::evaluation
