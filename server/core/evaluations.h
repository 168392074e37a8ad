// What this node evaluates with others: its part in each pinned key, and one book of all that it
// evaluated (server/evaluation/holder.h).
//
// Rows are what counts; this keeps what was read of them between calls. The book is read once, with
// the first request, and from then on follows what is planned: everything that changes it comes
// through here. The part in a key is made anew when its pinned row has changed.
//
// Guarantee: a request that was taken counts from that moment, also against those that are planned
// beside it; one whose effect was not committed is given back when the last owner of its Admitted
// lets go, whatever became of the plan. So is a list or a part of a seed that was signed and not
// logged: while it may still be, nothing is prepared that contradicts it. Not guaranteed: that rows
// are written: effects do. All functions are thread-safe, and work that is not short is not done
// under the lock; what they give may outlive this. Errors: DATA_LOSS for a row that cannot be read.
// Source: docs/formats.md, rows E, L, V, d and K.
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
  class Teller;

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

  // What was signed and has yet to be logged: the list of a day, or a part of a seed. Given back
  // when its last owner lets go of it before that.
  class Telling {
   public:
    ~Telling();
    Telling(const Telling&) = delete;
    Telling& operator=(const Telling&) = delete;

    evaluation::ToLog Log() const;
    // The signed bytes, once. kFailedPrecondition when it is another one that is durable.
    absl::StatusOr<std::string> Give(const evaluation::LoggedDurably& logged);

   private:
    friend class Teller;
    using What = std::variant<evaluation::Listing, evaluation::Revealing>;
    Telling(std::shared_ptr<Books> books, std::shared_ptr<evaluation::Holder> holder, What what)
        : books_(std::move(books)), holder_(std::move(holder)), what_(std::move(what)) {}

    const std::shared_ptr<Books> books_;
    const std::shared_ptr<evaluation::Holder> holder_;
    std::optional<What> what_;
  };

  // What this node says afterwards of what it evaluated under one key. Errors: those of
  // evaluation::Holder.
  class Teller {
   public:
    std::optional<std::string> KeptList(const std::string& asker, uint32_t day) const;
    absl::StatusOr<std::shared_ptr<Telling>> PrepareList(
        const std::string& asker, uint32_t day, uint64_t now_us,
        const std::optional<crypto::TreeHead>& known, const evaluation::ListSecrets& secrets);
    absl::StatusOr<std::optional<std::string>> KeptReveal(
        const evaluation::StatedPeriod& period, const evaluation::ListSecrets& secrets) const;
    absl::StatusOr<std::shared_ptr<Telling>> PrepareReveal(const evaluation::StatedPeriod& period,
                                                           const evaluation::ListSecrets& secrets);
    // The pinned row as the view has it: another machine tells when it changes.
    const ledger::Precondition& pinned() const { return pinned_; }

   private:
    friend class Evaluations;
    Teller(std::shared_ptr<Books> books, std::shared_ptr<evaluation::Holder> holder,
           ledger::Precondition pinned)
        : books_(std::move(books)), holder_(std::move(holder)), pinned_(std::move(pinned)) {}

    std::shared_ptr<Books> books_;
    std::shared_ptr<evaluation::Holder> holder_;
    ledger::Precondition pinned_;
  };

  // Of the key of that id; nothing when this node never held a share of it.
  absl::StatusOr<std::optional<Teller>> TellerOf(const View& view, std::string_view partnership,
                                                 crypto::BytesView key_id);

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
  // ended long ago and whose entries were proven or set aside, of lists and reveals of such days,
  // and those under a key that is not
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
