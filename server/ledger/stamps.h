#ifndef SLUIS_SERVER_LEDGER_STAMPS_H_
#define SLUIS_SERVER_LEDGER_STAMPS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "server/storage/store.h"

namespace sluis::ledger {

// Stamps of rows as the next effect of a group finds them: the store's, below those of the group's
// own writes. Keeps a bounded number in memory, because standing preconditions name the same few
// rows in every effect and the sequencer is the only writer. Belongs to the sequencer's thread.
class Stamps {
 public:
  // `capacity` rows in each of two generations. `store` must outlive this.
  explicit Stamps(const storage::Store& store, size_t capacity = 32768)
      : store_(store), capacity_(capacity) {}

  // kAbsent for a row that does not exist; the errors of Store::Get, DATA_LOSS for a damaged row.
  absl::StatusOr<uint64_t> Of(const std::string& key);

  // Records a write of the group being built.
  void Set(const std::string& key, uint64_t stamp);

  // Where an indivisible list begins, and forgetting what was set since.
  void Mark() { undo_.clear(); }
  void BackToMark();

  // The group is durable: its writes are the store's.
  void Commit();

 private:
  using Map = absl::flat_hash_map<std::string, uint64_t>;
  void Keep(const std::string& key, uint64_t stamp);

  const storage::Store& store_;
  const size_t capacity_;
  Map group_;
  std::vector<std::pair<std::string, uint64_t>> undo_;  // key and what `group_` said, or kUnset
  Map young_;
  Map old_;
};

}  // namespace sluis::ledger

#endif  // SLUIS_SERVER_LEDGER_STAMPS_H_
