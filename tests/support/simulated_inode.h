#ifndef SLUIS_TESTS_SUPPORT_SIMULATED_INODE_H_
#define SLUIS_TESTS_SUPPORT_SIMULATED_INODE_H_

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/simulated_disk.h"

namespace sluis::tests {

// A change of a file's content: bytes at an offset, or, with `truncate`, a new size.
struct DataChange {
  uint64_t offset = 0;
  std::string bytes;
  bool truncate = false;

  void ApplyTo(std::string& content) const {
    if (truncate) {
      content.resize(offset, '\0');
      return;
    }
    if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
    std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
  }
};

using Names = std::map<std::string, SimulatedDisk::Node>;

// Names that change together; no node takes the name away.
struct NameChange {
  std::vector<std::pair<std::string, SimulatedDisk::Node>> names;

  void ApplyTo(Names& all) const {
    for (const auto& [name, node] : names) {
      if (node == nullptr) {
        all.erase(name);
      } else {
        all[name] = node;
      }
    }
  }
};

// A file or a folder: as everyone sees it now, as it is on stable storage, and what lies between.
struct SimulatedDisk::Inode {
  explicit Inode(bool is_folder) : folder(is_folder) {}

  const bool folder;
  bool locked = false;
  std::string content;
  std::string durable;
  std::vector<DataChange> changes;
  Names names;
  Names durable_names;
  std::vector<NameChange> name_changes;

  void Change(DataChange change) {
    change.ApplyTo(content);
    changes.push_back(std::move(change));
  }
  void Change(NameChange change) {
    change.ApplyTo(names);
    name_changes.push_back(std::move(change));
  }
  void MakeDurable() {
    for (const DataChange& change : changes) change.ApplyTo(durable);
    changes.clear();
    durable_names = names;
    name_changes.clear();
  }
};

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_SIMULATED_INODE_H_
