// What this node evaluates with others: its part in each pinned key, and one book of all that it
// evaluated (server/evaluation/holder.h).
//
// Rows are what counts; this keeps what was read of them between calls. The book is read once, with
// the first request, and from then on follows what is planned: everything that changes it comes
// through here. The part in a key is made anew when its pinned row has changed.
//
// Guarantee: a request that was taken counts from that moment, also against those that are planned
// beside it; one whose effect was not committed is given back when the last owner of its Admitted
// lets go, whatever became of the plan. Not guaranteed: that rows are written: effects do. All
// functions are thread-safe, and work that is not short is not done under the lock; a Seat and an
// Admitted may outlive this. Errors: DATA_LOSS for a row that cannot be read. Source:
// docs/formats.md, rows E, d and K.
#ifndef SLUIS_SERVER_CORE_EVALUATIONS_H_
#define SLUIS_SERVER_CORE_EVALUATIONS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "server/core/view.h"
#include "server/evaluation/holder.h"
#include "sluis/record/v1/key_ceremony.pb.h"

namespace sluis::core {

class Evaluations {
 public:
  // `caps` pass Caps::Check.
  Evaluations(std::string organisation, const evaluation::Caps& caps);

 private:
  struct Books;

 public:
  class Seat;

  // A request that was taken. Not copied: its owners share one.
  class Admitted {
   public:
    ~Admitted();
    Admitted(const Admitted&) = delete;
    Admitted& operator=(const Admitted&) = delete;

    evaluation::ToLog Log() const { return admission_->Log(); }
    // Its entry is durable: it stays counted. kFailedPrecondition when it is another one that is.
    absl::Status Settle(const evaluation::LoggedDurably& logged);
    // The signed answer, once, after Settle; on any thread.
    absl::StatusOr<std::string> Answer(const evaluation::HolderSecrets& secrets);

   private:
    friend class Seat;
    Admitted(std::shared_ptr<Books> books, std::shared_ptr<evaluation::Holder> holder,
             evaluation::Admission admission)
        : books_(std::move(books)), holder_(std::move(holder)), admission_(std::move(admission)) {}

    const std::shared_ptr<Books> books_;
    const std::shared_ptr<evaluation::Holder> holder_;
    std::optional<evaluation::Admission> admission_;
    std::optional<evaluation::LoggedDurably> logged_;
  };

  // The part of this node in one key.
  class Seat {
   public:
    std::variant<std::shared_ptr<Admitted>, evaluation::Refusal> Admit(
        crypto::BytesView signed_request, std::string_view caller,
        const evaluation::Partners& partners, uint64_t now_us);
    absl::StatusOr<std::string> SignRefusal(const evaluation::Refusal& refusal,
                                            const evaluation::LoggedDurably& logged,
                                            const crypto::SigningKey& identity) const {
      return holder_->SignRefusal(refusal, logged, identity);
    }
    const keys::Package& package() const { return *holder_->own().package; }
    // The pinned row as the view has it: what is planned rests on it.
    const record::v1::StoredKey& row() const { return row_; }
    const ledger::Precondition& pinned() const { return pinned_; }

   private:
    friend class Evaluations;
    Seat(std::shared_ptr<Books> books, std::shared_ptr<evaluation::Holder> holder,
         record::v1::StoredKey row, ledger::Precondition pinned)
        : books_(std::move(books)),
          holder_(std::move(holder)),
          row_(std::move(row)),
          pinned_(std::move(pinned)) {}

    std::shared_ptr<Books> books_;
    std::shared_ptr<evaluation::Holder> holder_;
    record::v1::StoredKey row_;
    ledger::Precondition pinned_;
  };

  // In the key of that id of the partnership; nothing when this node holds no share of it.
  absl::StatusOr<std::optional<Seat>> SeatIn(const View& view, std::string_view partnership,
                                             crypto::BytesView key_id);

  // Whether an evaluation is held against the asker, under whatever key: one whose entry was not
  // proven, or says something else.
  absl::StatusOr<bool> AnyOpen(const View& view, const std::string& asker);
  // What the asker's log proves of what this node evaluated under that key, also while it had a
  // share that it has no more. After AnyOpen. Errors: those of evaluation::Holder.
  absl::StatusOr<evaluation::TakenProofs> TakeProofs(
      const evaluation::OfKey& of, const std::string& asker, crypto::BytesView proofs,
      const evaluation::Partners& partners, const std::optional<crypto::TreeHead>& known) const;
  // What TakeProofs gave, once it is durable.
  absl::Status Apply(const evaluation::RowChanges& changes,
                     const evaluation::LoggedDurably& logged);

  // The key of the highest epoch of a purpose, whether this node has a share of it or not.
  struct Pinned {
    std::shared_ptr<const keys::Package> package;
    record::v1::StoredKey row;
    ledger::Precondition pinned;
  };
  absl::StatusOr<std::optional<Pinned>> NewestIn(const View& view, std::string_view partnership,
                                                 std::string_view purpose);

  // Keys of rows that are of no use any more, which it forgets. Those of requests whose day has
  // ended long ago and whose entries were proven or set aside, and those under a key that is not
  // among the `pinned` of this view, because an exercise made it: nobody can prove anything of them
  // any more, and nothing is held against the asker for that.
  absl::StatusOr<std::vector<std::string>> Prune(const View& view,
                                                 const std::set<std::string>& pinned,
                                                 uint64_t now_s);

 private:
  const std::string organisation_;
  const std::shared_ptr<Books> books_;
};

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_EVALUATIONS_H_
