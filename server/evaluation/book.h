// What a holder has evaluated, and what may still be asked of it: used ids, caps, and entries that
// have yet to be proven. All of it follows from one row for each request. A node has one book for
// all keys of a partnership, so that who asks has its caps once and not for each key, and keeps
// them when a key is shared anew or rolled: nothing in it counts by sharing. Who gets a share for
// the first time begins with an empty one.
//
// Guarantee: a book made anew from its rows decides as the one that they came from. A request is in
// it from the moment it was taken until Prune lets go of it, which is after its statement has
// expired and never before its entry was proven; so no id of a key and no entry serves twice. Not
// guaranteed: that rows are durable: who owns the book writes them. Units: elements, UTC days since
// 1970-01-01. Thread-safety: one thread. Errors: kInvalidArgument for a row that is not of form.
#ifndef SLUIS_SERVER_EVALUATION_BOOK_H_
#define SLUIS_SERVER_EVALUATION_BOOK_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/evaluation/logged_durably.h"
#include "sluis/record/v1/evaluation.pb.h"

namespace sluis::evaluation {

using HeldRow = record::v1::HeldEvaluation;

// How many elements a holder evaluates. What an asker gets in all is more: see AskerTotal.
struct Caps {
  // Of one asker for one case, in so many days, today included; at least 16 of them, longer than a
  // statement of a person holds.
  uint32_t per_case = 48;
  uint32_t case_days = 90;
  // On one day, for one person who asks and for all of an organisation.
  uint32_t per_person_day = 96;
  uint32_t per_asker_day = 960;
  // Requests of one asker that may be answered before their entries are proven.
  uint32_t unproven = 16;
  // Rows of one asker that are held at a time, of all keys; what it asks beyond is over quota until
  // Prune lets go of some.
  uint32_t rows = 100'000;

  // kInvalidArgument with what to change.
  absl::Status Check() const;
};

// What an asker can have evaluated in all when each of `holders` gives `cap`, and each evaluation
// takes `threshold` of them: floor(holders * cap / threshold). Quorums are free to choose, so it is
// more than the cap.
uint64_t AskerTotal(uint64_t holders, uint64_t threshold, uint64_t cap);
// The largest cap with which that total stays at or below `total`.
uint64_t CapForTotal(uint64_t holders, uint64_t threshold, uint64_t total);

// Its key is lp(asker) || key id || request id.
StoredRow StoredFormOf(const HeldRow& row);
absl::StatusOr<HeldRow> ReadHeldRow(crypto::BytesView bytes);
// The same of a reveal: its key is lp(asker) || key id || period digest.
StoredRow StoredFormOf(const record::v1::HeldReveal& row);
absl::StatusOr<record::v1::HeldReveal> ReadHeldReveal(crypto::BytesView bytes);

enum class Room { kFree, kUsed, kQuota, kUnproven };

class Book {
 public:
  explicit Book(const Caps& caps) : caps_(caps) {}
  // From the rows that were committed, of all keys. Errors also for caps that protect nothing.
  static absl::StatusOr<std::shared_ptr<Book>> From(const Caps& caps,
                                                    std::span<const std::string> rows);

  // Whether the request may be taken as things are; `row` as it would be kept.
  Room RoomFor(const HeldRow& row) const;
  // Whether id and entry are new.
  bool IsNew(const HeldRow& row) const;
  // In the place of the one with the same asker, key and request id, if there is one.
  void Put(HeldRow row);
  void Remove(const HeldRow& row);

  // When something that happens now is said to happen: a clock that was set back starts no day
  // anew, and adds nothing to a day that was listed. Seconds since the epoch.
  uint64_t TimeFor(uint64_t now_s) const { return std::max(now_s, not_before_s_); }
  void NotBefore(uint64_t time_s) { not_before_s_ = std::max(not_before_s_, time_s); }
  // A request was taken and has yet to be logged; until it is settled its day is not listed.
  void BeginLogging(const crypto::Hash& request_digest, const HeldRow& row);
  void EndLogging(const crypto::Hash& request_digest) { logging_.erase(request_digest); }
  bool IsLogging(const std::string& asker, crypto::BytesView key_id, uint32_t day) const;

  // For how many days rows are kept at least, unless the list of their day is.
  uint32_t KeptDays() const;

  // Null when there is none.
  const HeldRow* Find(const std::string& asker, crypto::BytesView key_id,
                      crypto::BytesView request_id) const;
  const HeldRow* FindByLeaf(const std::string& asker, const std::string& leaf_hash) const;
  // Whether anything is held against the asker, under whatever key.
  bool AnyOpen(const std::string& asker) const { return unproven_.contains(asker); }
  // Taken on that day under that key, sorted by request digest.
  std::vector<HeldRow> OfDay(const std::string& asker, crypto::BytesView key_id,
                             uint32_t day) const;
  // Everything, in the order of the keys.
  std::vector<HeldRow> All() const;
  // Keys of the rows that are of no use any more, which it drops. Those whose entry was not proven,
  // or shown to say something else, stay: they are held against the asker.
  std::vector<std::string> Prune(uint64_t now_s);
  // The same for proven ones of one key whose day has a list, which is kept instead: they are of
  // use no longer than the days of a case.
  std::vector<std::string> PruneListed(crypto::BytesView key_id, uint64_t now_s,
                                       const std::set<std::pair<std::string, uint32_t>>& listed);

 private:
  using Key = std::pair<std::string, std::string>;
  static Key KeyOf(const HeldRow& row) { return {row.asker(), row.key_id() + row.request_id()}; }
  // Elements by day.
  using Tally = std::map<Key, std::map<uint32_t, uint32_t>>;

  std::vector<std::string> Drop(const std::vector<HeldRow>& old);
  void Count(const HeldRow& row, bool add);
  static uint64_t Sum(const Tally& tally, const Key& key, uint32_t from_day, uint32_t to_day);

  Caps caps_;
  uint64_t not_before_s_ = 0;
  std::map<Key, HeldRow> rows_;
  std::map<Key, Key> leaves_;  // by asker and leaf hash
  // By asker and key, then by day.
  std::map<Key, std::map<uint32_t, std::set<Key>>> days_;
  std::map<std::string, uint32_t> held_;  // rows by asker
  struct Place {
    std::string asker, key_id;
    uint32_t day = 0;
  };
  std::map<crypto::Hash, Place> logging_;  // by request digest
  Tally cases_;
  Tally persons_;
  Tally askers_;
  std::map<std::string, uint32_t> unproven_;
  std::map<std::pair<std::string, uint32_t>, uint32_t> requests_;  // by asker and day
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_BOOK_H_
