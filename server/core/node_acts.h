#ifndef SLUIS_SERVER_CORE_NODE_ACTS_H_
#define SLUIS_SERVER_CORE_NODE_ACTS_H_

#include <memory>
#include <string>
#include <vector>

#include "server/core/held_manifest.h"
#include "server/core/use_case.h"
#include "server/ledger/ledger.h"
#include "sluis/node/v1/register.pb.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::core {

// Acts of the node itself: run with Executor::RunAsNode, logged as "node".

// The row that the terms would have, and whether the ledger's newest one says something else.
std::string TermsRowOf(const Terms& terms);
absl::StatusOr<bool> TermsRecorded(const View& view, const Terms& terms);

// Writes down configuration, packs and manifest in force. Afterwards the stamp of TermsKey()
// belongs into the terms. `between`: the manifests after the one held and before that of the terms,
// by version, each with an entry of its own and nothing done under it; all or none are written
// down. Errors of AddManifest.
class RecordTerms : public UseCase {
 public:
  explicit RecordTerms(std::shared_ptr<const Terms> terms, ManifestChain between = {})
      : terms_(std::move(terms)), between_(std::move(between)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  std::shared_ptr<const Terms> terms_;
  const ManifestChain between_;
};

// Registers the first administrator of a node that has no user at all; refused otherwise.
class RegisterFirstAdministrator : public UseCase {
 public:
  explicit RegisterFirstAdministrator(record::v1::UserRequest request)
      : request_(std::move(request)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  record::v1::UserRequest request_;
};

// Ids of records whose retention has run out and that no hold keeps, at most `most`. Reads the row
// of every record: RetentionWatch says when it is worth it.
absl::StatusOr<std::vector<std::string>> RecordsPastRetention(const View& view,
                                                              const std::string& today,
                                                              size_t most);

// Erases one record whose retention has run out; refused when it has not, or a hold keeps it.
class ErasePastRetention : public UseCase {
 public:
  explicit ErasePastRetention(std::string record_id) : record_id_(std::move(record_id)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  std::string record_id_;
};

// Drops import rows older than the days in which the same row is recognised.
class ForgetImports : public UseCase {
 public:
  explicit ForgetImports(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  std::vector<std::string> keys_;
};

// Erases again the keys that a restored backup brought back, and with the keys of a record what is
// kept of its exchanges: partners that may have it are asked once more. Once there are kMostAgain
// entries, the keys of further records are left for the next one. A record that cannot be read
// loses its keys all the same.
class EraseAgain : public UseCase {
 public:
  static constexpr size_t kMostAgain = 64;

  explicit EraseAgain(std::vector<ledger::KeyRef> keys) : keys_(std::move(keys)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  std::vector<ledger::KeyRef> keys_;
};

// Writes down that the store was put back from a backup, and up to which checkpoint of it: what was
// logged after that one is lost, and the log has to say so itself.
class RecordRestore : public UseCase {
 public:
  explicit RecordRestore(ledger::ShownCheckpoint checkpoint) : checkpoint_(std::move(checkpoint)) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  const ledger::ShownCheckpoint checkpoint_;
};

// Writes down that a backup is made. The copy is made once this entry is durable.
class RecordBackup : public UseCase {
 public:
  explicit RecordBackup(node::v1::CreateBackupResponse& response) : response_(response) {}
  const Method& method() const override;
  absl::StatusOr<Plan> Decide(const Call& call, View& view) override;

 private:
  node::v1::CreateBackupResponse& response_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_NODE_ACTS_H_
