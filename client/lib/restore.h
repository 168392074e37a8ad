// Puts a backup back, offline, on a node that is stopped.
//
//   <data>/ledger    the store, from <backup>/ledger
//   <data>/witness   what the node knew of its partners' logs, from <backup>/witness
//   <data>/mark      from <backup>/mark
//   <data>/kek-<n>   the one key-encryption key that opens this store, from the folder of copies:
//                    backup_key.h
//   <data>/erasures  the newest erasure journal there is
//   <data>/restored  tells the node to erase again what was erased since, before it serves
//
// Guarantee: what is in the data folder is moved to <data>.before-<UTC time>, never deleted; a
// failure before that changes nothing; `restored` is written before the store is put in place, so
// that a restore cut short never serves; after success all of it is on stable storage. Not
// guaranteed: that the backup is whole; the node's start compares store and mark. Thread-safety:
// refuses while a node holds the folder's lock. Errors: a Failure with Exit::kUsage.
#ifndef SLUIS_CLIENT_LIB_RESTORE_H_
#define SLUIS_CLIENT_LIB_RESTORE_H_

#include <cstdint>
#include <string>

#include "client/lib/message.h"

namespace sluis::client {

struct RestorePlan {
  std::string backup;   // folder that CreateBackup made
  std::string keys;     // folder with copies of keys, of any epoch
  std::string journal;  // file; empty: the newest of data folder and backup
  std::string data;     // data_folder of the configuration
};

struct Restored {
  std::string moved_to;   // empty when there was nothing to move
  std::string key;        // name of the key file that was put in place
  uint64_t erasures = 0;  // records in the journal
};

Result<Restored> Restore(const RestorePlan& plan, int64_t now_s);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_RESTORE_H_
