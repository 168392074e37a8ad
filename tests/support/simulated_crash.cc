// What of a SimulatedDisk survives a crash.
#include <map>
#include <set>

#include "tests/support/seeded_random.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/simulated_inode.h"

namespace sluis::tests {
namespace {

using Inode = SimulatedDisk::Inode;
using Node = SimulatedDisk::Node;

// Builds the surviving copy of each inode once, so that a file of two names stays one file.
class Survivors {
 public:
  Survivors(Survival how, uint64_t seed) : how_(how), random_(seed) {}

  Node Of(const Node& old) {
    Node& copy = copies_[old.get()];
    if (copy != nullptr) return copy;
    copy = std::make_shared<Inode>(old->folder);
    const Node made = copy;  // the map may grow below
    if (old->folder) {
      for (const auto& [name, node] : NamesOf(*old)) made->names[name] = Of(node);
      made->durable_names = made->names;
    } else {
      made->content = ContentOf(*old);
      made->durable = made->content;
    }
    return made;
  }

 private:
  std::string ContentOf(const Inode& file) {
    std::string content = file.durable;
    if (how_ == Survival::kPrefix) {
      const size_t whole = random_.Below(file.changes.size() + 1);
      for (size_t i = 0; i < whole; ++i) file.changes[i].ApplyTo(content);
      if (whole < file.changes.size()) Tear(file.changes[whole]).ApplyTo(content);
    } else if (how_ == Survival::kSubset) {
      for (const DataChange& change : file.changes) {
        const uint64_t draw = random_.Below(4);
        if (draw < 2) change.ApplyTo(content);
        if (draw == 2) Tear(change).ApplyTo(content);
      }
    }
    return content;
  }

  // A random beginning of a write; a truncation happens or not.
  DataChange Tear(DataChange change) {
    if (!change.truncate) change.bytes.resize(random_.Below(change.bytes.size() + 1));
    return change;
  }

  Names NamesOf(const Inode& folder) {
    Names names = folder.durable_names;
    const size_t prefix =
        how_ == Survival::kPrefix ? random_.Below(folder.name_changes.size() + 1) : 0;
    std::set<std::string> lost;
    for (size_t i = 0; i < folder.name_changes.size(); ++i) {
      const NameChange& change = folder.name_changes[i];
      bool kept = i < prefix;
      if (how_ == Survival::kSubset) {
        // What follows a lost change of the same name is lost as well: no file system keeps the
        // end of a name's history without its beginning.
        kept = random_.Below(2) == 0;
        for (const auto& [name, node] : change.names) kept = kept && !lost.contains(name);
      }
      if (kept) {
        change.ApplyTo(names);
      } else {
        for (const auto& [name, node] : change.names) lost.insert(name);
      }
    }
    return names;
  }

  const Survival how_;
  SeededRandom random_;
  std::map<const Inode*, Node> copies_;
};

}  // namespace

std::shared_ptr<SimulatedDisk> SimulatedDisk::AfterCrash(Survival how, uint64_t seed) const {
  const std::lock_guard lock(mutex_);
  auto disk = std::make_shared<SimulatedDisk>();
  disk->root_ = Survivors(how, seed).Of(root_);
  disk->capacity_ = capacity_;
  return disk;
}

}  // namespace sluis::tests
