#ifndef SLUIS_SERVER_NODE_H_
#define SLUIS_SERVER_NODE_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "server/config.h"
#include "server/core/held_manifest.h"
#include "server/core/terms.h"
#include "server/ledger/ledger.h"
#include "server/storage/clock.h"
#include "server/storage/store.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/node/v1/status.pb.h"

namespace sluis::server {

// One running node: opens the stores, writes down what is in force, listens, and keeps house. main
// and the integration tests share it. Thread-safe after Start.
class Node {
 public:
  // Opens everything and begins to listen. A ledger that may not serve still starts, so that health
  // can say why; its calls are answered UNAVAILABLE. Errors say which file or key to look at.
  static absl::StatusOr<std::unique_ptr<Node>> Start(Config config, storage::Clock& clock,
                                                     crypto::Random& random);

  // Drains: health says so first, then new work is refused, what is queued is finished, a last
  // checkpoint is made, and everything closes.
  ~Node();

  // Ports that were bound, for addresses with port 0.
  int user_port() const;
  // 0 while the node is in no partnership or has no listener for partners.
  int peer_port() const;
  int loopback_port() const;

  // Takes a new configuration, with its packs and manifest, into force, whole or not at all; in
  // force once its entry is durable. When the partnership becomes active by it, what was recorded
  // in exercise is erased before this returns; what could not be is erased by KeepHouse.
  absl::Status Reload(Config next);

  // Erases what an exercise left and what is past its retention, drops import rows after 35 days,
  // follows the log with the index, keeps key copies. Runs by itself every minute; tests call it.
  // Nothing is erased by date in the first ten minutes, in which a wrong clock is put right.
  absl::Status KeepHouse();

  // Asks every partner now whether it is there. Runs by itself every 10 s; tests call it.
  void MeetPeers();

  // Reads the log again into the index from its beginning.
  absl::Status RebuildIndex();

  // Empty while the node serves; otherwise one line that says why not and what to do.
  std::string not_serving() const;

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);

  absl::Status Open();
  absl::StatusOr<core::HeldManifest> HeldNow() const;
  struct Next;
  absl::StatusOr<Next> NextTerms(const Config& config) const;
  absl::Status RecordTerms(Next next);
  absl::Status EndExercise();
  absl::Status EraseExercise();
  absl::Status FirstActs();
  absl::Status RecordFirst();
  enum class OldCopies { kKeep, kRemove };
  absl::Status CopyKeys(OldCopies old);
  absl::Status Listen();
  absl::Status EraseDue();
  // What every page of health says: the ledger's word, or that the node drains.
  ledger::Serving ServingNow() const;
  absl::Status Backup(node::v1::CreateBackupResponse& response);
  void FillStatus(node::v1::GetStatusResponse& response) const;
  std::string MetricsText() const;

  std::unique_ptr<Parts> parts_;
};

}  // namespace sluis::server

#endif  // SLUIS_SERVER_NODE_H_
