#ifndef SLUIS_SERVER_NODE_STORES_H_
#define SLUIS_SERVER_NODE_STORES_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/ledger/data_folder.h"
#include "server/storage/store.h"

namespace sluis::server {

// The data folder of a node, held by this process, with the stores in it.
struct NodeStores {
  ledger::DataFolder folder;
  std::unique_ptr<storage::Store> ledger;
  std::unique_ptr<storage::Store> derived;
  std::unique_ptr<storage::Store> witness;
};

// Makes what is missing and opens the rest. Guarantee: a folder that another instance holds, or
// whose FORMAT is newer, is refused before a store is opened, so that no file of a store changes.
// Errors: those of DataFolder::Open and of the stores.
absl::StatusOr<NodeStores> OpenNodeStores(const std::string& data_folder);

}  // namespace sluis::server

#endif  // SLUIS_SERVER_NODE_STORES_H_
