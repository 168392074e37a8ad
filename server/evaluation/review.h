// The privacy officer's look at a sample: what was opened in time, and what it showed.
//
// Guarantee: an entry that was not opened rightly before the end counts as failed, whatever is
// opened afterwards; one that was shown to be about somebody else stays failed, and one that was
// erased is neither right nor wrong and told apart. Not guaranteed:
// that the person is the one of the case: the officer reads that. Thread-safety: one thread.
// Borrows package, period and key. Errors: kInvalidArgument for a request that is not in the
// sample.
#ifndef SLUIS_SERVER_EVALUATION_REVIEW_H_
#define SLUIS_SERVER_EVALUATION_REVIEW_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/evaluation/opening.h"
#include "server/evaluation/sample.h"
#include "server/keys/package.h"

namespace sluis::evaluation {

// Whether no other opening can change it.
bool IsSettled(OpeningVerdict verdict);

class Review {
 public:
  struct Result {
    crypto::Hash request;
    OpeningVerdict verdict;
  };

  // `case_key`: with which the asker makes case tokens. `open_until_s`: the end, seconds since the
  // epoch, UTC.
  Review(const keys::Package& package, const Period& period, const crypto::Secret<32>& case_key,
         const Sample& sample, uint64_t open_until_s);

  // A head of the asker's log that holders know besides those in their lists, which they tell of
  // when entries were proven to them later. Of one log with those by proof; who calls has checked.
  void KnowHead(const crypto::TreeHead& head) { heads_.push_back(head); }

  // What an opening showed that this one is made anew after.
  absl::Status Restore(const crypto::Hash& request, OpeningVerdict verdict);
  absl::StatusOr<OpeningVerdict> Take(const crypto::Hash& request, const Opening& opening,
                                      uint64_t now_s);
  // Still to be opened.
  std::vector<crypto::Hash> Waiting(uint64_t now_s) const;
  // Of the whole sample once Closed, of what is settled before; what failed has another verdict
  // than kMatches.
  std::vector<Result> Results(uint64_t now_s) const;
  // Whether nothing more is to be opened: from then on match keys, blinds and answers of the period
  // are of no use and are destroyed, in and out of the sample. Which these are follows from what
  // the asker logged, never from what holders list: they could leave one out.
  bool Closed(uint64_t now_s) const { return Waiting(now_s).empty(); }

 private:
  const keys::Package& package_;
  const Period& period_;
  std::string origin_;
  std::vector<crypto::TreeHead> heads_;
  const crypto::Secret<32>& case_key_;
  uint64_t open_until_s_;
  std::map<crypto::Hash, std::optional<OpeningVerdict>> sample_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_REVIEW_H_
