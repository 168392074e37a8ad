// What stands for the person of a record at the one partner that it is shared with.
//
// Guarantee: tags are made of what this node keeps of the record under the newest key of the
// partnership for the very purpose of the share, while that key may be used, and of kinds that may
// cross to other nodes and that the partnership uses that day; each for this recipient alone. None
// where nobody had it computed, or where it is not known any more who it is about. Not guaranteed:
// that they are there when it is shared: the plan rests on the rows that are given. Thread-safety:
// pure. Errors: DATA_LOSS for rows that cannot be read. Source: docs/formats.md, "Tags".
#ifndef SLUIS_SERVER_CORE_SHARED_TAGS_H_
#define SLUIS_SERVER_CORE_SHARED_TAGS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "sluis/peer/v1/terms.pb.h"

namespace sluis::core {

// What the acts of sharing and of giving the key say of it (ActPart.scope).
inline constexpr char kTagsScope[] = "share_tags";

struct TravellingTags {
  // Sorted by kind, each once.
  std::vector<peer::v1::ShareTag> tags;
  std::vector<ledger::Precondition> rests_on;
};

absl::StatusOr<TravellingTags> TagsFor(const Call& call, const View& view,
                                       const record::v1::StoredRecord& record,
                                       std::string_view recipient);

// A key pinned here under which tags of one purpose may be made and taken at this moment.
struct KeyForTags {
  std::string key_id;
  ledger::Precondition rests_on;
};
// In the order of epochs: the newest last. One that was rolled is among them until its time is
// over.
absl::StatusOr<std::vector<KeyForTags>> KeysForTags(const Call& call, const View& view,
                                                    std::string_view purpose);

// Whether a kind may be in what crosses, by what the partnership uses that day.
bool MayCross(const Call& call, std::string_view kind);

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SHARED_TAGS_H_
