// What this node keeps of the reviews in which its privacy officer looks at what holders evaluated
// for it, and what follows from it.
//
//   G  by key and first day   the review: how it stands, its sample, verdicts and findings
//   g  the same, by holder and day   lists and parts of the seed, as the holders signed them
//
// Guarantee: what is put together here is made of rows alone, so that a process which begins again
// goes on where another one stopped; a list or a part of the seed in a row was signed by the holder
// under whose index it lies, and stays when that holder leaves the partnership. Not guaranteed:
// that members who left can be asked or believed from then on: their keys are in no manifest any
// more. Thread-safety: pure. Errors: NOT_FOUND when there is no such key or review, DATA_LOSS when
// a row cannot be read; others as said. Source: docs/formats.md, "Evaluation".
#ifndef SLUIS_SERVER_CORE_REVIEWS_H_
#define SLUIS_SERVER_CORE_REVIEWS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/plan.h"
#include "server/core/terms.h"
#include "server/core/view.h"
#include "server/evaluation/book.h"
#include "server/evaluation/period.h"
#include "server/evaluation/review.h"
#include "sluis/node/v1/review.pb.h"
#include "sluis/record/v1/review.pb.h"

namespace sluis::core {

std::string ReviewKey(crypto::BytesView key_id, uint32_t first_day);
// What holder `index` gave of a day.
std::string ReviewListKey(crypto::BytesView key_id, uint32_t first_day, keys::MemberIndex index,
                          uint32_t day);
std::string ReviewRevealKey(crypto::BytesView key_id, uint32_t first_day, keys::MemberIndex index);

struct ReviewRow {
  uint64_t stamp = 0;
  record::v1::StoredReview row;
};
absl::StatusOr<ReviewRow> ReadReview(const View& view, crypto::BytesView key_id,
                                     uint32_t first_day);
absl::Status VisitReviews(const View& view, const std::function<void(const ReviewRow&)>& visit);

// A key with all its sharings that this node knows of, and who held a share in any of them.
class SharedKey {
 public:
  // Of the newest epoch when `epoch` is 0.
  static absl::StatusOr<SharedKey> Of(const View& view, const Terms& terms,
                                      std::string_view purpose, uint32_t epoch);

  const keys::Package& package() const { return *packages_.back(); }
  std::string_view key_id() const { return crypto::View(package().key_id); }
  // The day on which the key was pinned here, 0 when that is not known any more. Nothing was asked
  // under the key before it.
  uint32_t since_day() const { return since_day_; }
  // On the day of a change both are in force.
  std::vector<evaluation::Sharing> Sharings() const;
  // Of the members of the manifest in force, also those that are valid no more: lists may be older.
  const evaluation::HolderKeys& keys() const { return keys_; }
  const std::map<keys::MemberIndex, std::string>& holders() const { return holders_; }
  // Held a share on that day, by the sharings.
  bool Held(keys::MemberIndex index, uint32_t day) const;

 private:
  uint32_t since_day_ = 0;
  std::vector<std::shared_ptr<const keys::Package>> packages_;  // oldest first
  std::vector<uint32_t> until_;                                 // of all but the last one
  evaluation::HolderKeys keys_;
  std::map<keys::MemberIndex, std::string> holders_;
};

// Lists or reveals of a review that are here, by holder and day; of a reveal the day is kReveal.
inline constexpr uint32_t kReveal = UINT32_MAX;
using Given = std::map<std::pair<keys::MemberIndex, uint32_t>, std::string>;
absl::StatusOr<Given> ReadGiven(const View& view, const record::v1::StoredReview& review);
// Days of which the list of a holder that held a share is not here.
std::map<keys::MemberIndex, std::vector<uint32_t>> Lacking(const SharedKey& key,
                                                           const record::v1::StoredReview& review,
                                                           const Given& given);

// The lists put together. FAILED_PRECONDITION when so many are missing that there is no period,
// DATA_LOSS when the review has a digest and they are not the lists of it.
absl::StatusOr<evaluation::Period> GatherPeriod(const SharedKey& key,
                                                const record::v1::StoredReview& review,
                                                const std::string& organisation,
                                                const evaluation::Caps& caps, const Given& given);
// As it was drawn. FAILED_PRECONDITION while parts of the seed are missing.
absl::StatusOr<evaluation::Sample> SampleOf(const record::v1::StoredReview& review,
                                            const evaluation::Period& period, const Given& given);
// Puts the sample and what the lists show into the row. DATA_LOSS for a sample of another period.
absl::Status PutSample(const SharedKey& key, const evaluation::Period& period,
                       const evaluation::Sample& sample, uint64_t now_s,
                       record::v1::StoredReview& review);

// Requests that this node began in the period under the key and has still the rows of, with what
// the holders list of it: what is destroyed when the review is over. The lists only say to which of
// two periods one belongs that was begun on the last day of a period, or on the day before it; what
// no list names goes with the review of the days after it, or on its own last day.
// What cannot be read is left out, and `fault` says so.
absl::StatusOr<std::vector<std::string>> BegunIn(const View& view,
                                                 const record::v1::StoredReview& review,
                                                 const std::set<std::string>& listed,
                                                 absl::Status& fault);
// Ids of the requests that the lists of a review name.
std::set<std::string> ListedIn(const Given& given);

absl::StatusOr<node::v1::ReviewView> ViewOf(const View& view, const Terms& terms,
                                            const ReviewRow& review);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_REVIEWS_H_
