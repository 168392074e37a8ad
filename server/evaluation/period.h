// All that holders evaluated for one asker in a run of days, put together, and which of it is
// looked at.
//
//   lists of all holders and days ─► Period ─► each holder draws once ─► Seed ─► Sample
//
// The seed is made of draws: the share of each holder times a point that follows from all lists,
// with a proof. Nobody chooses its draw, nobody can tell the seed before the lists are fixed, and
// holders draw once, so neither the asker nor any holder picks what is looked at. Who withholds its
// draw is named, and the others draw once more without it.
//
// Guarantee: a Period holds lists that the holders named signed, of this asker, key and these days,
// of so many holders that every request that could be answered is in one of them. Findings follow
// from the lists alone. Not guaranteed: that a minority of holders that works with the asker lists
// everything; the others list it. Thread-safety: values; functions are pure. Errors:
// kInvalidArgument for form, kPermissionDenied for a list that its holder did not sign or of
// something else, kFailedPrecondition when too many lists or draws are missing.
#ifndef SLUIS_SERVER_EVALUATION_PERIOD_H_
#define SLUIS_SERVER_EVALUATION_PERIOD_H_

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/group.h"
#include "crypto/random.h"
#include "crypto/scalar.h"
#include "server/evaluation/day_list.h"
#include "server/evaluation/judge.h"
#include "server/keys/package.h"

namespace sluis::evaluation {

struct PeriodScope {
  std::string asker;
  uint32_t first_day = 0;  // UTC, days since 1970-01-01
  uint32_t last_day = 0;
};

// One request, as the lists say.
struct EvaluatedRequest {
  peer::v1::EvaluatedItem item;  // of the holder with the lowest index
  std::set<MemberIndex> holders;
  bool proven_to_all = true;
};

// What lists show without anything being opened.
enum class PeriodFault {
  kLeafUsedTwice,  // two requests rest on one entry
  kIdUsedTwice,    // two requests have one id
  kHoldersDiffer,  // two holders say different things of one request
  kTwoLists,       // a holder signed two lists for one day
  kUnproven,       // an entry was not proven to every holder that evaluated
};
std::string_view PeriodFaultName(PeriodFault fault);

struct PeriodFinding {
  PeriodFault fault;
  std::vector<crypto::Hash> requests;  // digests, ascending; none of kTwoLists
  std::set<MemberIndex> holders;
};

class Period {
 public:
  // `lists` in any order.
  static absl::StatusOr<Period> Gather(const keys::Package& package, const HolderKeys& keys,
                                       PeriodScope scope, std::span<const std::string> lists);

  const PeriodScope& scope() const { return scope_; }
  const crypto::Hash& digest() const { return digest_; }
  // Holders with a list for each day, and the others.
  const std::set<MemberIndex>& holders() const { return holders_; }
  const std::set<MemberIndex>& missing() const { return missing_; }
  const std::map<crypto::Hash, EvaluatedRequest>& requests() const { return requests_; }
  const std::vector<PeriodFinding>& findings() const { return findings_; }
  // The lists of one holder, by day.
  std::vector<const DayList*> ListsOf(MemberIndex holder) const;

 private:
  Period() = default;
  absl::Status Add(const keys::Package& package, const HolderKeys& keys, DayList list);
  void Merge(const DayList& list);
  void FindTwice();

  PeriodScope scope_;
  crypto::Hash digest_{};
  std::set<MemberIndex> holders_;
  std::set<MemberIndex> missing_;
  std::map<std::pair<MemberIndex, uint32_t>, DayList> lists_;
  std::map<crypto::Hash, EvaluatedRequest> requests_;
  std::vector<PeriodFinding> findings_;
};

// The part of one holder, serialised. `share` must be that of the index in the package.
absl::StatusOr<std::string> MakeDraw(const keys::Package& package, MemberIndex holder,
                                     const crypto::Hash& period_digest,
                                     const crypto::oprf::SecretScalar& share,
                                     crypto::Random& random);
absl::StatusOr<peer::v1::EvaluationDraw> ReadDraw(crypto::BytesView draw);

// From one draw of each of the period's holders, in any order. kDataLoss for a draw that does not
// hold, naming the index.
absl::StatusOr<crypto::Hash> Seed(const keys::Package& package, const Period& period,
                                  std::span<const std::string> draws);

// Which requests are opened: `count` of them, all when there are fewer; ascending.
std::vector<crypto::Hash> Sample(const Period& period, const crypto::Hash& seed, size_t count);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_PERIOD_H_
