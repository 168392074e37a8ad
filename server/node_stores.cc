#include "server/node_stores.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "server/storage/files.h"
#include "server/storage/rocksdb_store.h"

namespace sluis::server {

absl::StatusOr<NodeStores> OpenNodeStores(const std::string& data_folder) {
  std::error_code error;
  std::filesystem::create_directories(data_folder, error);
  if (error) {
    return absl::FailedPreconditionError("cannot make \"" + data_folder + "\": " + error.message());
  }
  std::filesystem::permissions(data_folder, std::filesystem::perms::owner_all, error);
  absl::StatusOr<ledger::DataFolder> folder =
      ledger::DataFolder::Open(storage::SystemFiles(), data_folder);
  if (!folder.ok()) return folder.status();
  absl::StatusOr<std::unique_ptr<storage::Store>> ledger =
      storage::OpenRocksDbStore(data_folder + "/ledger");
  if (!ledger.ok()) return ledger.status();
  absl::StatusOr<std::unique_ptr<storage::Store>> derived =
      storage::OpenRocksDbStore(data_folder + "/derived");
  if (!derived.ok()) return derived.status();
  absl::StatusOr<std::unique_ptr<storage::Store>> witness =
      storage::OpenRocksDbStore(data_folder + "/witness");
  if (!witness.ok()) return witness.status();
  return NodeStores{*std::move(folder), *std::move(ledger), *std::move(derived),
                    *std::move(witness)};
}

}  // namespace sluis::server
