#include "server/evaluation/match_desk.h"

#include <algorithm>

#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/parts.h"
#include "sluis/record/v1/tags.pb.h"

namespace sluis::evaluation {
namespace {

constexpr size_t kMaxRowBytes = 512;
constexpr size_t kMaxRecordBytes = 64;

std::string RowKeyOf(const std::string& asker, uint32_t day, const Tag& token) {
  crypto::Bytes out;
  crypto::AppendU32(out, day);
  crypto::AppendLp(out, asker);
  out.append(crypto::View(token));
  return out;
}

absl::StatusOr<record::v1::TakenToken> ReadTaken(crypto::BytesView bytes) {
  record::v1::TakenToken row;
  if (!envelope::ReadCanonical(bytes, kMaxRowBytes, row) || row.version() != kVersion ||
      !authn::IsOrganisationId(row.asker()) || row.token().size() != Tag{}.size() ||
      !envelope::IsHash(row.leaf_hash())) {
    return absl::InvalidArgumentError(
        "a row of match tokens cannot be read; put the node back from its last backup");
  }
  return row;
}

}  // namespace

absl::StatusOr<MatchIndex> MatchIndex::Of(std::string_view asker, std::string_view asked,
                                          uint32_t day, std::span<const Findable> findable,
                                          const MatchBounds& bounds) {
  if (bounds.per_contributor == 0 || bounds.all == 0) {
    return absl::InvalidArgumentError("a bound of matches is 0; give 1 or more");
  }
  MatchIndex out(asker, day);
  std::map<std::string_view, size_t> of_contributor;
  std::map<std::string_view, uint32_t> numbers;
  std::vector<TokenIndex::Entry> tokens;
  for (const Findable& one : findable) {
    if (one.record.empty() || one.record.size() > kMaxRecordBytes || one.contributor.empty()) {
      return absl::InvalidArgumentError(
          "what may be found has a record and somebody who recorded it; give both");
    }
    size_t& so_far = of_contributor[one.contributor];
    if (so_far == bounds.per_contributor) {
      ++out.left_out_[std::string(one.contributor)];
      continue;
    }
    if (tokens.size() == bounds.all) {
      return absl::ResourceExhaustedError(
          "more may be found than one index holds; split it by purpose or record less");
    }
    ++so_far;
    const auto [number, is_new] =
        numbers.emplace(one.record, static_cast<uint32_t>(out.records_.size()));
    if (is_new) out.records_.emplace_back(one.record);
    tokens.push_back(
        {MatchToken(one.kept.element, one.kept.key_id, asker, asked, day), number->second});
  }
  out.tokens_ = TokenIndex(std::move(tokens));
  return out;
}

ToLog Hit::Log() const {
  const MatchQuestion& question = question_;
  record::v1::TakenToken row;
  row.set_version(kVersion);
  row.set_asker(question.asker);
  row.set_day(question.day);
  row.set_token(std::string(crypto::View(question.token)));
  row.set_leaf_hash(std::string(crypto::View(question.leaf_hash)));
  ToLog out;
  out.rows = {{RowKeyOf(question.asker, question.day, question.token), row.SerializeAsString()}};
  out.step = StepOf({"match", out.rows[0].key, out.rows[0].bytes});
  out.counterpart.set_side(std::string(kSideHolder));
  out.counterpart.set_kind(std::string(kKindMatch));
  out.counterpart.set_peer(question.asker);
  out.counterpart.set_partnership(question.partnership);
  out.counterpart.set_outcome(std::string(kOutcomeMatched));
  out.counterpart.set_peer_leaf_hash(row.leaf_hash());
  return out;
}

absl::StatusOr<MatchDesk> MatchDesk::From(uint64_t window_s, std::span<const std::string> rows) {
  if (window_s > kSecondsPerDay) {
    return absl::InvalidArgumentError(
        "tokens are answered for at most a day after theirs; give fewer seconds");
  }
  MatchDesk out(window_s);
  for (const std::string& bytes : rows) {
    const absl::StatusOr<record::v1::TakenToken> row = ReadTaken(bytes);
    if (!row.ok()) return row.status();
    out.taken_.insert({{row->day(), row->asker()}, crypto::ToFixed<32>(row->token()).value()});
    out.newest_s_ = std::max(out.newest_s_, row->day() * kSecondsPerDay);
  }
  return out;
}

bool MatchDesk::IsOpen(uint32_t day, uint64_t now_s) const {
  const uint32_t today = DayOf(now_s);
  return day == today || (day + uint64_t{1} == today && now_s % kSecondsPerDay < window_s_);
}

void MatchDesk::Lay(MatchIndex index) {
  Place place = {index.day(), index.asker()};
  indexes_.insert_or_assign(std::move(place), std::move(index));
}

std::optional<Hit> MatchDesk::Ask(const MatchQuestion& question, uint64_t now_s) {
  newest_s_ = now_s = std::max(now_s, newest_s_);
  const Place place = {question.day, question.asker};
  const auto index = indexes_.find(place);
  const Taken taken = {place, question.token};
  if (!IsOpen(question.day, now_s) || index == indexes_.end() || taken_.contains(taken) ||
      logging_.contains(taken)) {
    return std::nullopt;
  }
  std::set<std::string> records;
  for (const uint32_t number : index->second.tokens_.Find(question.token)) {
    records.insert(index->second.records_[number]);
  }
  if (records.empty()) return std::nullopt;
  logging_.insert(taken);
  return Hit(question, std::move(records));
}

absl::StatusOr<std::set<std::string>> MatchDesk::Give(Hit hit, const LoggedDurably& logged) {
  if (absl::Status checked = CheckLogged(logged, hit.Log()); !checked.ok()) return checked;
  Abandon(hit);
  taken_.insert({{hit.question_.day, hit.question_.asker}, hit.question_.token});
  return std::move(hit.records_);
}

void MatchDesk::Abandon(const Hit& hit) {
  logging_.erase({{hit.question_.day, hit.question_.asker}, hit.question_.token});
}

std::vector<std::string> MatchDesk::Forget(uint64_t now_s) {
  newest_s_ = now_s = std::max(now_s, newest_s_);
  const auto is_closed = [&](uint32_t day) { return day < DayOf(now_s) && !IsOpen(day, now_s); };
  std::erase_if(indexes_, [&](const auto& one) { return is_closed(one.first.first); });
  std::vector<std::string> out;
  std::erase_if(taken_, [&](const Taken& one) {
    if (!is_closed(one.first.first)) return false;
    out.push_back(RowKeyOf(one.first.second, one.first.first, one.second));
    return true;
  });
  return out;
}

}  // namespace sluis::evaluation
