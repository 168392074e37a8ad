#ifndef SLUIS_SERVER_CORE_EXPORT_LOG_H_
#define SLUIS_SERVER_CORE_EXPORT_LOG_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"
#include "server/ledger/reader.h"
#include "sluis/node/v1/log.pb.h"

namespace sluis::core {

// ExportLog: asks the rules and writes the entry, which names the checkpoint that is exported by
// the SHA-256 of its text (docs/formats.md, "Export file"); the bytes come from an ExportStream of
// the same checkpoint once that entry is durable. One for a partner names it in its counterpart
// part; whoever is neither a member of the manifest in force nor known from an exchange is refused
// as `no_partner`. `request` and `checkpoint` must outlive it.
class ExportLog : public UseCase {
 public:
  ExportLog(const node::v1::ExportLogRequest& request, std::string origin,
            const ledger::ShownCheckpoint& checkpoint)
      : request_(request), origin_(std::move(origin)), checkpoint_(checkpoint) {}
  const Method& method() const override;
  const node::v1::RequestContext* context() const override { return &request_.context(); }
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const node::v1::ExportLogRequest& request_;
  const std::string origin_;
  const ledger::ShownCheckpoint& checkpoint_;
};

// The bytes of an export of the log up to a checkpoint that it has shown, piece by piece.
// docs/formats.md, "Export file". An entry that the store does not hold as it was logged is told as
// damaged, by the hash that the tree has of it: whoever verifies the export learns which one it is.
// For an organisation it gives the entries whose counterpart part names it, with that part and no
// other open, hashes for the rest, and says that it is not complete. An entry of which the node
// cannot tell whose it is, is given with that part missing, not passed over.
// Not thread-safe. The ledger must outlive it. kDataLoss when the tree itself cannot be read.
class ExportStream {
 public:
  ExportStream(ledger::Ledger& ledger, ledger::ShownCheckpoint checkpoint, node::v1::OpenParts open,
               bool closed);
  // For this organisation.
  ExportStream(ledger::Ledger& ledger, ledger::ShownCheckpoint checkpoint,
               std::string organisation);

  // The next piece, at most 256 KiB; nothing after the last.
  absl::StatusOr<std::optional<std::string>> Next();

  uint64_t entries_done() const { return next_; }
  uint64_t entries_total() const { return checkpoint_.size; }

 private:
  std::string Head() const;
  absl::Status Append(const ledger::StoredEntry& entry, std::string& piece) const;
  absl::Status AppendPart(const ledger::StoredEntry& entry, ledger::Part part,
                          std::string& piece) const;
  // Whether the entry is given as its hash only; kDataLoss when the store cannot be read.
  absl::StatusOr<bool> Withholds(const ledger::StoredEntry& entry) const;
  bool Opens(ledger::Part part) const;

  ledger::Ledger& ledger_;
  const node::v1::OpenParts open_;
  const bool closed_;
  const std::string organisation_;
  const ledger::ShownCheckpoint checkpoint_;
  const std::unique_ptr<storage::Snapshot> snapshot_;
  const ledger::LogReader reader_;
  bool head_done_ = false;
  uint64_t next_ = 0;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EXPORT_LOG_H_
