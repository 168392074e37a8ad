// All that holders evaluated for one asker in a run of days, put together.
//
// Guarantee: a Period holds lists that the holders named signed, of this asker, key and these days,
// whatever sharings of the key were in force then: a list is asked of who held a share on that day,
// also of who has left since, and of nobody for a day before.
// Findings follow from the lists alone, and they and the digest do not depend on the order in which
// lists come. While of the holders of each sharing fewer than its threshold lie, or give no list,
// every request that was answered is in it. Not guaranteed: that everybody gave a list: missing()
// names who did not, and no sample is drawn of such a period: everything in it is opened
// (sample.h). Nor that holders list everything who work with the asker; the others list it.
// Thread-safety: values; functions are pure. Errors: kInvalidArgument for form, for days on which
// no sharing was in force, and for too many lists or requests, kPermissionDenied for a list that
// its holder did not sign or of something else, kFailedPrecondition when so many lists of a day are
// missing that a request could be in none.
#ifndef SLUIS_SERVER_EVALUATION_PERIOD_H_
#define SLUIS_SERVER_EVALUATION_PERIOD_H_

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "server/evaluation/book.h"
#include "server/evaluation/day_list.h"
#include "server/evaluation/judge.h"
#include "server/keys/package.h"
#include "sluis/peer/v1/review.pb.h"

namespace sluis::evaluation {

// A sharing of the key with the UTC days on which it was in force; on the day of a reshare both
// are. Borrows.
struct Sharing {
  const keys::Package& package;
  uint32_t first_day = 0;
  uint32_t last_day = UINT32_MAX;
};

struct PeriodScope {
  std::string asker;
  uint32_t first_day = 0;  // UTC, days since 1970-01-01
  uint32_t last_day = 0;   // at most kLastDay
};

// One request, as the lists say.
struct EvaluatedRequest {
  peer::v1::EvaluatedItem item;  // of the holder with the lowest index
  std::set<MemberIndex> holders;
  bool proven_to_all = true;
  // Lists say different things of it, so that `item` may be what one holder made up.
  bool differs = false;
};

// What lists show without anything being opened.
enum class PeriodFault {
  kLeafUsedTwice,  // two requests rest on one entry
  kIdUsedTwice,    // two requests have one id
  kHoldersDiffer,  // two holders say different things of one request
  kTwoLists,       // a holder signed two lists for one day
  kUnproven,   // an entry was not proven to every holder that evaluated, when it signed its list
  kAboveCaps,  // a holder lists more than it may evaluate on a day or for a case
  kNoShare,    // a holder of a sharing in force says that it had no share then, or of when it had
               // its first one now this and now that
  kForkedLog,  // two holders know two heads of the asker's log for one number of entries
  kOtherSharing,  // a request under a sharing that was not in force that day
};
std::string_view PeriodFaultName(PeriodFault fault);

struct PeriodFinding {
  PeriodFault fault;
  std::vector<crypto::Hash> requests;  // digests, ascending; none of the holder's own doing
  std::set<MemberIndex> holders;
};

class Period {
 public:
  // `lists` in any order; `caps` as the partnership agreed them.
  // `sharings`: 1 to kMaxSharings of one key, that cover all days. `keys`: also of who has left.
  static absl::StatusOr<Period> Gather(std::span<const Sharing> sharings, const HolderKeys& keys,
                                       PeriodScope scope, const Caps& caps,
                                       std::span<const std::string> lists);
  // Of lists whose signatures were held against the keys of their holders when they were kept: who
  // has left since, and whose key is in no manifest any more, takes nothing back by that.
  static absl::StatusOr<Period> OfKept(std::span<const Sharing> sharings, PeriodScope scope,
                                       const Caps& caps, std::span<const std::string> lists);

  const std::string& partnership() const { return partnership_; }
  const crypto::Hash& key_id() const { return key_id_; }
  const PeriodScope& scope() const { return scope_; }
  const crypto::Hash& digest() const { return digest_; }
  // Holders that signed, for each day on which they held a share by the sharings, what they list or
  // that they had none, and the others.
  const std::set<MemberIndex>& holders() const { return holders_; }
  const std::set<MemberIndex>& missing() const { return missing_; }
  // Who said of a day that it had no share.
  const std::set<MemberIndex>& without_share() const { return without_share_; }
  const std::map<crypto::Hash, EvaluatedRequest>& requests() const { return requests_; }
  // At most kMaxFindings.
  const std::vector<PeriodFinding>& findings() const { return findings_; }
  bool more_findings() const { return more_findings_; }
  // Heads of the asker's log that holders knew when they signed.
  const std::vector<crypto::TreeHead>& log_heads() const { return log_heads_; }
  // The lists of one holder, by day.
  std::vector<const DayList*> ListsOf(MemberIndex holder) const;
  // Which lists it is made of, as it is told to holders. Its digest is that of the period.
  peer::v1::EvaluationPeriod Stated() const;

 private:
  Period() = default;
  // Without `keys`: signatures are not looked at.
  static absl::StatusOr<Period> Of(std::span<const Sharing> sharings, const HolderKeys* keys,
                                   PeriodScope scope, const Caps& caps,
                                   std::span<const std::string> lists);
  absl::Status Add(std::span<const Sharing> sharings, const HolderKeys* keys, DayList list);
  void Merge(const DayList& list);
  absl::Status CheckEnough(std::span<const Sharing> sharings);
  void CheckSharings(std::span<const Sharing> sharings);
  void Report(PeriodFinding finding);
  void FindTwice();
  void FindAboveCaps(const Caps& caps);

  std::string partnership_;
  crypto::Hash key_id_{};
  PeriodScope scope_;
  crypto::Hash digest_{};
  std::set<MemberIndex> holders_;
  std::set<MemberIndex> missing_;
  std::set<MemberIndex> without_share_;
  std::map<std::pair<MemberIndex, uint32_t>, DayList> lists_;
  std::map<crypto::Hash, EvaluatedRequest> requests_;
  size_t items_ = 0;
  std::vector<PeriodFinding> findings_;
  bool more_findings_ = false;
  std::vector<crypto::TreeHead> log_heads_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_PERIOD_H_
