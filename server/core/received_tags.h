// Share tags that came with partners' records: by them this node knows which records of one purpose
// are about the same person.
//
//   l  of a record   each tag, sealed under the data key of the record
//   z  by tag        which records have it, under an index that only this node can make
//
// An index is made for the case that the record has when its tags come. Every received record is in
// the one case INTAKE then, and nothing gives it another yet: all of them are joined there. Whoever
// gives cases makes the index of a case when it is given.
//
// Guarantee: what is kept are tags of kinds that may cross and that the partnership uses, under one
// key that is pinned here for the purpose for which the record was shared: a sender that gives what
// it made for another purpose links nothing. Records under two keys have no index in common; a
// record that ended here (taken back, corrected, held, erased) is under no index. Who is told of
// another record is told of what the rules let it list anyway. Of one sender at most kPerSender are
// named beside a record and kLookedAtPerSender looked at, so that who sends many hides nobody
// else's, and a plan looks at and names so many and no more: it says when there are others.
// Not guaranteed: that a tag stands for anybody: a sender can give any 32 bytes, and those of
// another record again; and that nobody who holds the store sees which records share an index: the
// index itself says no more than that.
//
// Thread-safety: pure. Errors: those of the store; a tag that cannot be read links nothing.
// Source: docs/formats.md, rows z and l.
#ifndef SLUIS_SERVER_CORE_RECEIVED_TAGS_H_
#define SLUIS_SERVER_CORE_RECEIVED_TAGS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "crypto/secret.h"
#include "server/core/call.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/evaluation/tags.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/peer/v1/terms.pb.h"
#include "sluis/record/v1/signal.pb.h"

namespace sluis::core {

// Others of one sender that are named beside a record.
inline constexpr size_t kPerSender = 8;
// Rows of one sender under one index that are looked at for it.
inline constexpr size_t kLookedAtPerSender = 64;
// Such rows that one plan looks at, for all its records.
inline constexpr size_t kMaxLooks = 2000;
// Records that one entry names: more do not fit in a part of it.
inline constexpr size_t kMaxNamed = 400;

// The key of the indexes, made of the one by which partners see a case. It never leaves the node;
// under another one no record of before is found by its tags.
crypto::Secret<32> TagKeyOf(const crypto::Secret<32>& case_key);

std::string TagIndexKey(const evaluation::Tag& index, std::string_view sender,
                        std::string_view record);
// Begins the keys of the tags of a record.
std::string TagsOf(std::string_view record);

// The stored form of one.
std::string SealReceivedTag(const crypto::DataKey& record_key, const TagWrite& tag,
                            crypto::Random& random);

// Keeps what came with a record that `effect` writes, for its case: of kinds that may cross, and
// under one key that is pinned here for the purpose of that record and may be used. Of several such
// keys the newest; other tags are left out, and the record stands without them. `tags` are of form
// (envelope/content.h).
absl::Status KeepTags(const Call& call, const View& view, const crypto::Secret<32>& tag_key,
                      std::string_view sender, std::vector<peer::v1::ShareTag> tags,
                      Effect& effect);

// The rows of a record: those by which it is found, and with `all` its tags as well.
absl::StatusOr<std::vector<std::string>> TagRowsOf(const View& view, std::string_view record,
                                                   bool all);
// Makes the effect that closes a record delete its rows. The keys of its tags say what its index
// said, so they go too; under a hold they stay with the record, which is kept as it was. It must
// rest on the record: they are written with it.
absl::Status ForgetTags(const View& view, const record::v1::StoredRecord& record, Effect& effect);

// Finds, for one plan, other received records about the same person that this caller may list.
class SamePersons {
 public:
  SamePersons(const Call& call, const View& view) : call_(call), view_(view) {}

  struct Found {
    std::vector<node::v1::SamePerson> records;
    // There are others that this plan may look at or name no more.
    bool cut = false;
  };
  // `named` are the records that the entry names already: with what is found they are at most
  // kMaxNamed.
  absl::StatusOr<Found> Of(const OpenedRecord& record, const std::set<std::string>& named);
  // What was read of those that were found, each once.
  const std::map<std::string, uint64_t>& unchanged() const { return unchanged_; }

 private:
  // Null when it is not open here, or not for this caller. Asked once.
  absl::StatusOr<const OpenedRecord*> Listable(const std::string& id);

  const Call& call_;
  const View& view_;
  size_t looks_ = 0;
  std::map<std::string, std::shared_ptr<const OpenedRecord>> asked_;
  std::map<std::string, uint64_t> unchanged_;  // key of the row, and stamp
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_RECEIVED_TAGS_H_
