// What a holder tells the privacy officer of who asked.
#include <algorithm>
#include <utility>

#include "server/envelope/canonical.h"
#include "server/evaluation/holder.h"
#include "server/evaluation/limits.h"

namespace sluis::evaluation {
namespace {

peer::v1::EvaluatedItem ItemOf(const HeldRow& row) {
  peer::v1::EvaluatedItem out;
  out.set_request_digest(row.request_digest());
  out.set_request_id(row.request_id());
  out.set_leaf_hash(row.leaf_hash());
  out.set_case_token(row.case_token());
  out.set_count(row.count());
  out.set_blinded_digest(row.blinded_digest());
  out.set_generation(row.generation());
  out.set_proven(row.proof() == record::v1::EVALUATION_PROOF_STATE_PROVEN);
  return out;
}

bool Overlap(const record::v1::HeldReveal& held, const PeriodScope& scope) {
  return held.asker() == scope.asker && held.first_day() <= scope.last_day &&
         held.last_day() >= scope.first_day;
}

StoredRow StoredFormOf(const DayList& list) {
  record::v1::HeldEvaluationList row;
  row.set_version(kVersion);
  row.set_signed_list(list.Serialise());
  crypto::Bytes key = crypto::Lp(list.body.asker());
  key.append(list.body.key_id());
  crypto::AppendU32(key, list.body.day());
  return {std::move(key), row.SerializeAsString()};
}

// Over when nothing can be taken on that day any more.
uint64_t EndOf(uint32_t day) { return (uint64_t{day} + 1) * kSecondsPerDay; }

}  // namespace

absl::StatusOr<DayList> ReadHeldList(crypto::BytesView bytes) {
  record::v1::HeldEvaluationList row;
  if (envelope::ReadCanonical(bytes, kMaxListBytes + 64, row) && row.version() == kVersion) {
    absl::StatusOr<DayList> list = ReadDayList(row.signed_list());
    if (list.ok()) return list;
  }
  return absl::InvalidArgumentError(
      "a row of lists cannot be read; put the node back from its last backup");
}

absl::Status Holder::TakeLists(std::span<const std::string> lists) {
  for (const std::string& bytes : lists) {
    absl::StatusOr<DayList> list = ReadHeldList(bytes);
    if (!list.ok()) return list.status();
    if (list->body.key_id() != crypto::View(own_.package->key_id)) {
      return absl::InvalidArgumentError(
          "a row of lists is about another key; give each holder the rows of its own key");
    }
    book_->NotBefore(EndOf(list->body.day()));
    lists_.insert_or_assign({list->body.asker(), list->body.day()}, *std::move(list));
  }
  return absl::OkStatus();
}

ToLog Listing::Log() const {
  const peer::v1::EvaluationList& body = list_.body;
  return {StepOf({"list", crypto::View(list_.digest)}),
          ActPart({kKindList, kOutcomeListed, body.partnership(), body.asker(), body.key_id(),
                   crypto::View(list_.digest)}),
          {StoredFormOf(list_)}};
}

ToLog Revealing::Log() const {
  const peer::v1::EvaluationReveal& body = reveal_.body;
  return {StepOf({"reveal", reveal_.bytes}),
          ActPart({kKindList, kOutcomeRevealed, body.partnership(), body.asker(), body.key_id(),
                   body.period_digest()}),
          {evaluation::StoredFormOf(row_)}};
}

std::optional<std::string> Holder::KeptList(const std::string& asker, uint32_t day) const {
  const auto held = lists_.find({asker, day});
  return held == lists_.end() ? std::nullopt : std::optional(held->second.Serialise());
}

absl::StatusOr<Listing> Holder::PrepareList(const std::string& asker, uint32_t day, uint64_t now_us,
                                            const std::optional<crypto::TreeHead>& known,
                                            const ListSecrets& secrets) {
  if (lists_.contains({asker, day})) {
    return absl::FailedPreconditionError("the day has its list; give that one again");
  }
  if (listing_.contains({asker, day})) {
    return absl::FailedPreconditionError(
        "the list of that day is still being logged; ask for it in a moment");
  }
  const uint32_t today = DayOf(book_->TimeFor(now_us / kUsPerSecond));
  if (day >= today) {
    return absl::FailedPreconditionError("the day is not over; ask for its list tomorrow");
  }
  // Rows of a day go one by one, from the moment at which it is as old as that.
  if (today - day >= book_->KeptDays()) {
    return absl::FailedPreconditionError(
        "what was evaluated on that day is no longer kept; ask for the lists of a period when it "
        "is over");
  }
  if (book_->IsLogging(asker, crypto::View(own_.package->key_id), day)) {
    return absl::FailedPreconditionError(
        "a request of that day is still being logged; ask for the list in a moment");
  }
  peer::v1::EvaluationList body;
  body.set_version(kVersion);
  body.set_partnership(own_.package->partnership);
  body.set_asker(asker);
  body.set_key_id(std::string(crypto::View(own_.package->key_id)));
  body.set_holder(own_.index);
  body.set_day(day);
  body.set_since_day(own_.since_day);
  body.set_no_share(day < own_.since_day);
  if (known && known->size > 0) {
    body.set_log_size(known->size);
    body.set_log_root(std::string(crypto::View(known->root)));
  }
  if (!body.no_share()) {
    for (const HeldRow& row : book_->OfDay(asker, body.key_id(), day))
      *body.add_items() = ItemOf(row);
  }
  body.set_nonce_commitment(std::string(
      crypto::View(NonceCommitment(body, crypto::View(NonceFor(secrets.nonces, body))))));
  // From now on, also when this list is abandoned: the day is over.
  book_->NotBefore(EndOf(day));
  listing_.insert({asker, day});
  return Listing(SignDayList(body, secrets.identity));
}

absl::StatusOr<std::string> Holder::Give(Listing listing, const LoggedDurably& logged) {
  if (absl::Status checked = CheckLogged(logged, listing.Log()); !checked.ok()) return checked;
  Abandon(listing);
  std::string out = listing.list_.Serialise();
  lists_.emplace(std::pair(listing.asker(), listing.day()), std::move(listing.list_));
  return out;
}

void Holder::Abandon(const Listing& listing) { listing_.erase({listing.asker(), listing.day()}); }

Holder::OwnDays Holder::OwnDaysOf(const StatedPeriod& period, MemberIndex index) {
  OwnDays days;
  for (const peer::v1::ListedDay& listed : period.body.lists()) {
    if (listed.holder() != index) continue;
    // Of form, or the period was not read.
    days.emplace_back(listed.day(), crypto::ToFixed<32>(listed.list_digest()).value());
  }
  return days;
}

absl::StatusOr<SignedReveal> Holder::Reveal(const std::string& asker, const crypto::Hash& digest,
                                            const OwnDays& days, const ListSecrets& secrets) const {
  peer::v1::EvaluationReveal body;
  for (const auto& [day, list_digest] : days) {
    const auto held = lists_.find({asker, day});
    if (held == lists_.end() || held->second.digest != list_digest) {
      return absl::FailedPreconditionError(
          "a list given as this holder's own is not what it signed; gather its lists again");
    }
    const crypto::Hash nonce = NonceFor(secrets.nonces, held->second.body);
    if (crypto::View(NonceCommitment(held->second.body, crypto::View(nonce))) !=
        held->second.body.nonce_commitment()) {
      return absl::FailedPreconditionError(
          "this holder signed its lists with another secret than it has now; open everything");
    }
    body.add_nonces(std::string(crypto::View(nonce)));
  }
  body.set_version(kVersion);
  body.set_partnership(own_.package->partnership);
  body.set_asker(asker);
  body.set_key_id(std::string(crypto::View(own_.package->key_id)));
  body.set_holder(own_.index);
  body.set_period_digest(std::string(crypto::View(digest)));
  return SignReveal(body, secrets.identity);
}

absl::StatusOr<Revealing> Holder::PrepareReveal(const PeriodScope& scope,
                                                const crypto::Hash& period_digest,
                                                const OwnDays& days, const ListSecrets& secrets) {
  const auto digest = std::string(crypto::View(period_digest));
  for (const auto* known : {&reveals_, &revealing_}) {
    for (const record::v1::HeldReveal& held : *known) {
      if (Overlap(held, scope) && held.period_digest() != digest) {
        return absl::FailedPreconditionError(
            "this holder has shown its part of the seed for other lists of these days; use those, "
            "or open everything");
      }
    }
  }
  absl::StatusOr<SignedReveal> reveal = Reveal(scope.asker, period_digest, days, secrets);
  if (!reveal.ok()) return reveal.status();
  record::v1::HeldReveal row;
  row.set_version(kVersion);
  row.set_asker(scope.asker);
  row.set_key_id(reveal->body.key_id());
  row.set_first_day(scope.first_day);
  row.set_last_day(scope.last_day);
  row.set_period_digest(digest);
  revealing_.push_back(row);
  return Revealing(*std::move(reveal), std::move(row));
}

absl::StatusOr<Revealing> Holder::PrepareReveal(const Period& period, const ListSecrets& secrets) {
  if (period.partnership() != own_.package->partnership ||
      period.key_id() != own_.package->key_id || !period.missing().empty() ||
      !period.holders().contains(own_.index)) {
    return absl::FailedPreconditionError(
        "the period is of another key or other holders, or one gave no list for each of its days; "
        "gather the lists of all holders first");
  }
  OwnDays days;
  for (const DayList* list : period.ListsOf(own_.index)) {
    days.emplace_back(list->body.day(), list->digest);
  }
  return PrepareReveal(period.scope(), period.digest(), days, secrets);
}

absl::StatusOr<Revealing> Holder::PrepareReveal(const StatedPeriod& period,
                                                const ListSecrets& secrets) {
  const peer::v1::EvaluationPeriod& body = period.body;
  const OwnDays days = OwnDaysOf(period, own_.index);
  // A day without a list of its own is one that may not be over.
  if (body.partnership() != own_.package->partnership ||
      body.key_id() != crypto::View(own_.package->key_id) ||
      days.size() != body.last_day() - body.first_day() + 1) {
    return absl::FailedPreconditionError(
        "the period is of another key, or names no list of this holder for each of its days; "
        "gather the lists of all holders first");
  }
  return PrepareReveal({body.asker(), body.first_day(), body.last_day()}, period.digest, days,
                       secrets);
}

absl::StatusOr<std::optional<std::string>> Holder::KeptReveal(const StatedPeriod& period,
                                                              const ListSecrets& secrets) const {
  const bool kept = std::any_of(reveals_.begin(), reveals_.end(), [&](const auto& held) {
    return held.asker() == period.body.asker() &&
           held.period_digest() == crypto::View(period.digest);
  });
  if (!kept) return std::nullopt;
  const absl::StatusOr<SignedReveal> reveal =
      Reveal(period.body.asker(), period.digest, OwnDaysOf(period, own_.index), secrets);
  if (!reveal.ok()) return reveal.status();
  return reveal->Serialise();
}

absl::StatusOr<std::string> Holder::Give(Revealing revealing, const LoggedDurably& logged) {
  if (absl::Status checked = CheckLogged(logged, revealing.Log()); !checked.ok()) return checked;
  Abandon(revealing);
  const record::v1::HeldReveal& row = revealing.row_;
  std::erase_if(reveals_, [&](const auto& held) {
    return held.asker() == row.asker() && held.period_digest() == row.period_digest();
  });
  reveals_.push_back(row);
  return revealing.reveal_.Serialise();
}

void Holder::Abandon(const Revealing& revealing) {
  const auto same = std::find_if(revealing_.begin(), revealing_.end(), [&](const auto& held) {
    return held.asker() == revealing.row_.asker() &&
           held.period_digest() == revealing.row_.period_digest();
  });
  if (same != revealing_.end()) revealing_.erase(same);
}

Holder::Pruned Holder::Prune(uint64_t now_s) {
  const uint64_t today = DayOf(book_->TimeFor(now_s));
  const auto is_old = [&](uint32_t day) { return day + uint64_t{book_->KeptDays()} < today; };
  Pruned out;
  std::set<std::pair<std::string, uint32_t>> listed;
  for (const auto& [at, list] : lists_) listed.insert(at);
  out.requests =
      book_->PruneListed(crypto::View(own_.package->key_id), book_->TimeFor(now_s), listed);
  for (auto list = lists_.begin(); list != lists_.end();) {
    if (!is_old(list->first.second)) {
      ++list;
      continue;
    }
    out.lists.push_back(StoredFormOf(list->second).key);
    list = lists_.erase(list);
  }
  std::erase_if(reveals_, [&](const record::v1::HeldReveal& row) {
    if (!is_old(row.last_day())) return false;
    out.reveals.push_back(evaluation::StoredFormOf(row).key);
    return true;
  });
  return out;
}

}  // namespace sluis::evaluation
