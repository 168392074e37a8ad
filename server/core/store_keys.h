#ifndef SLUIS_SERVER_CORE_STORE_KEYS_H_
#define SLUIS_SERVER_CORE_STORE_KEYS_H_

#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/given_receipts.h"
#include "server/core/peer_act.h"
#include "server/core/use_case.h"

namespace sluis::core {

// Takes the keys to what was collected: decides once more, opens the content and holds it against
// what was promised. What keeps the promise becomes a record of this node under keys of its own,
// reduced to the conditions accepted; what does not is put in quarantine, closed to everybody, and
// the sender is told why in one of the fixed words.
//
// Guarantee: nothing is opened that the rules no longer allow, and no field is stored that was not
// accepted. Keys to what was opened already change nothing and have no entry; every attempt to send
// makes other bytes of them. Keys to what is not waited for (unknown, of another partner, ended),
// or under another receipt than the one given, are logged and change nothing.
class StoreKeys : public UseCase {
 public:
  // `leaves`: all of one verified envelope of kind KEY, in its order. `tag_key`: of the indexes
  // under which tags are kept (received_tags.h). The references must outlive this.
  StoreKeys(std::string sender, std::vector<PeerLeaf> leaves, crypto::Random& random,
            const GivenReceipts& receipts, const crypto::Secret<32>& tag_key)
      : sender_(std::move(sender)),
        leaves_(std::move(leaves)),
        random_(random),
        receipts_(receipts),
        tag_key_(tag_key) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const std::string sender_;
  const std::vector<PeerLeaf> leaves_;
  crypto::Random& random_;
  const GivenReceipts& receipts_;
  const crypto::Secret<32>& tag_key_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_STORE_KEYS_H_
