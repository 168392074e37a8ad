#ifndef SLUIS_SERVER_CORE_RELEASE_AGAIN_H_
#define SLUIS_SERVER_CORE_RELEASE_AGAIN_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/record_act.h"
#include "server/core/sent_exchange.h"
#include "server/core/view.h"
#include "sluis/peer/v1/exchange.pb.h"

namespace sluis::core {

// What is decided again came to.
struct ReleaseAgain {
  // Empty when it may go on; otherwise why not, a fixed word for the row: "expired", "update"
  // (other rules or another manifest than were signed for), "record" (taken back, changed since, or
  // gone), "person" (no longer registered or under a mandate), "rule".
  std::string stopped_by;
  // The record and the answer of the rules, as far as it came. The record is null when it is gone.
  RecordAct act;
  // The call in the name of the person who shared it: role, purpose, basis and case of then, rules,
  // register and day of now. What an entry says is made from it.
  Call as_person;

  bool permitted() const { return stopped_by.empty(); }
};

// Whether people still stand for what they shared: registered, and under a mandate in force.
// Remembers it, for exchanges that are decided again in one call against one snapshot: several that
// one person shared ask for one look at the register. Thread-safe.
class PeopleStanding {
 public:
  absl::StatusOr<bool> Stands(const Call& call, const View& view, const std::string& user_id,
                              const peer::v1::UserSignature& signature);

 private:
  std::mutex mutex_;
  // By user id and mandate, as stored.
  std::map<std::pair<std::string, std::string>, bool> known_;
};

// Decides an exchange again, under the terms of `call`, as it was decided when it was shared: the
// rules must still permit it on conditions no stricter than those offered, and the record must be
// in the version that was signed for: what is decided is what was sent. `offer` is that of the row,
// read. Before the Offer leaves, and before the key is given. `people`: of this call and view; null
// for one exchange alone. Pure but for reading; an error is a fault of the node.
absl::StatusOr<ReleaseAgain> AskAgain(const Call& call, const View& view,
                                      const record::v1::SentExchange& row,
                                      const peer::v1::Offer& offer,
                                      PeopleStanding* people = nullptr);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RELEASE_AGAIN_H_
