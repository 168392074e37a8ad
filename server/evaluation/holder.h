// One holder of a share: which requests it takes, and what it answers to them.
//
//   Admit ─► the caller logs Admission's entry and row, durably ─► LoggedDurably ─► Answer
//         └► Refusal ─► the caller logs that ─► SignRefusal
//
// Checked in this order, nothing secret before the last of them: form; member, caller and signature
// of its node; key and sharing; purpose and entitlement; the person who asks; request id and entry
// not used; number of persons and elements; canonical elements, none the identity, none twice; caps
// for case, person and organisation; entries not yet proven.
//
// Guarantee: what Admit takes is counted at once, so requests under way count against each other;
// nothing is evaluated without proof that its entry is durable, and nothing twice. Not guaranteed:
// that the elements are of the person of the case: it cannot see that, nobody but the asker's
// privacy officer can. Thread-safety: one thread for all holders of a book; an Admission may be
// answered on another. Errors: see each; none names content.
#ifndef SLUIS_SERVER_EVALUATION_HOLDER_H_
#define SLUIS_SERVER_EVALUATION_HOLDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/note.h"
#include "crypto/random.h"
#include "crypto/scalar.h"
#include "crypto/signature.h"
#include "server/evaluation/book.h"
#include "server/evaluation/entry_proofs.h"
#include "server/evaluation/logged_durably.h"
#include "server/evaluation/message.h"
#include "server/evaluation/sample.h"
#include "server/keys/package.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::evaluation {

using keys::MemberIndex;

// What a holder knows of one who asks, under the manifest in force today.
struct AskerFacts {
  std::vector<crypto::PublicKey> identity_keys;
  std::vector<crypto::PublicKey> mandate_keys;
  record::v1::MandateStatus status;  // the newest list held, verified before
};

// On behalf of what somebody asks.
struct Claim {
  std::string_view asker;
  std::string_view role;
  std::string_view purpose;
  std::string_view basis;
};

// Manifest and rules, as one request finds them.
class Partners {
 public:
  virtual ~Partners() = default;
  // Nothing for who is no member.
  virtual std::optional<AskerFacts> Find(std::string_view organisation) const = 0;
  // Whether the rules let such a person have persons evaluated for that purpose.
  virtual bool Entitled(const Claim& claim) const = 0;
};

// A request that was taken and has yet to be logged.
class Admission {
 public:
  Admission(Admission&&) noexcept = default;
  Admission& operator=(Admission&&) noexcept = default;

  const crypto::Hash& request_digest() const { return request_.digest; }
  // To be committed together: the counterpart part of the entry, and the row.
  record::v1::CounterpartPart Counterpart() const;
  StoredRow Row() const { return StoredFormOf(row_); }

 private:
  friend class Holder;
  Admission(Request request, std::vector<crypto::oprf::Encoding> blinded, HeldRow row)
      : request_(std::move(request)), blinded_(std::move(blinded)), row_(std::move(row)) {}

  Request request_;
  std::vector<crypto::oprf::Encoding> blinded_;
  HeldRow row_;
};

struct Refusal {
  peer::v1::EvaluationRefusal ground = peer::v1::EVALUATION_REFUSAL_REFUSED;
  // Nothing when the bytes are no request; it is then not answered but dropped.
  std::optional<Request> request;
};

// What a holder answers with. Borrows.
struct HolderSecrets {
  const crypto::oprf::SecretScalar& share;
  const crypto::SigningKey& identity;
  crypto::Random& random;
};

// What lists and reveals are made with. Borrows.
struct ListSecrets {
  const crypto::SigningKey& identity;
  const crypto::Secret<32>& nonces;  // of this node, for nothing else
};

// An entry that says something else than was evaluated. Request and opened part show it to anybody.
struct DifferingEntry {
  std::string signed_request;
  std::string counterpart;
};

struct TakenProofs {
  // To be kept as the newest head known of that log; nothing when the one known is newer.
  std::optional<crypto::Checkpoint> checkpoint;
  std::string checkpoint_note;
  std::vector<StoredRow> rows;  // that changed, to be committed
  std::vector<DifferingEntry> differing;
};

// The list of a row.
absl::StatusOr<DayList> ReadHeldList(crypto::BytesView bytes);

class Holder {
 public:
  struct Own {
    std::shared_ptr<const keys::Package> package;
    MemberIndex index = 0;
    // The last moment at which this key is evaluated, seconds since the epoch; 0 for no end.
    uint64_t open_until_s = 0;
    // The first UTC day on which this node had its share of the key.
    uint32_t since_day = 0;
  };

  // `book`: the one of this node for the partnership, which all its holders there share. `lists`
  // and `reveals`: the rows that were committed for this key (HeldEvaluationList, HeldReveal).
  // kInvalidArgument for rows that are not of form or of another key, an index that is not in the
  // package, or a key that is not one of tags.
  static absl::StatusOr<Holder> Make(Own own, std::shared_ptr<Book> book,
                                     std::span<const std::string> lists = {},
                                     std::span<const std::string> reveals = {});

  // `caller`: whom the certificate names.
  std::variant<Admission, Refusal> Admit(crypto::BytesView signed_request, std::string_view caller,
                                         const Partners& partners, uint64_t now_us);
  // The entry was not committed: nothing is counted, and the request may come again.
  void Abandon(Admission admission);
  // The entry was committed. Until a request was abandoned or settled, its day is not listed.
  void Settle(const LoggedDurably& logged) { open_.erase(logged.request_digest()); }
  // The signed answer. kFailedPrecondition for a proof of durability of another request, or when
  // the share is not the one of the package.
  absl::StatusOr<std::string> Answer(Admission admission, const LoggedDurably& logged,
                                     const HolderSecrets& secrets) const;
  // kInvalidArgument for one without a request.
  absl::StatusOr<std::string> SignRefusal(const Refusal& refusal,
                                          const crypto::SigningKey& identity) const;

  // Compares what the asker's log proves with what was evaluated. Entries that nothing rests on are
  // passed over. Errors of VerifyProofs; nothing changes then.
  absl::StatusOr<TakenProofs> TakeProofs(const std::string& asker, crypto::BytesView proofs,
                                         const crypto::VerifierKey& log_key,
                                         const std::optional<crypto::TreeHead>& known);

  // Lets an asker go on although an entry was not proven or differed; the row to be committed. An
  // act of people, after they looked. kNotFound when nothing of that id is held against it.
  absl::StatusOr<StoredRow> SetAside(const std::string& asker, const RequestId& request_id);

  // What was evaluated for the asker on a day that is over, or that there was no share then; and
  // the row to be committed before it is given away, the first time. Asked for again it is the
  // same, whatever has changed. kFailedPrecondition for a day that is not over, of which a request
  // is not settled, or whose rows are no longer kept.
  struct Listed {
    std::string list;
    std::optional<StoredRow> row;
  };
  absl::StatusOr<Listed> ListOf(const std::string& asker, uint32_t day, uint64_t now_us,
                                const ListSecrets& secrets);
  // The nonces of the days of a period, signed for exactly its lists, and the row to be committed
  // before they are given away. For one period for each asker and day. kFailedPrecondition
  // otherwise, and when a list is missing or one given as its own is not what it signed.
  struct Revealed {
    std::string reveal;
    StoredRow row;
  };
  absl::StatusOr<Revealed> Reveal(const Period& period, const ListSecrets& secrets);

  const Own& own() const { return own_; }
  // Keys of the rows that are of no use any more, which it drops; those of requests are the book's.
  struct Pruned {
    std::vector<std::string> lists, reveals;
  };
  Pruned Prune(uint64_t now_s);

 private:
  Holder(Own own, std::shared_ptr<Book> book) : own_(std::move(own)), book_(std::move(book)) {}
  absl::Status TakeLists(std::span<const std::string> lists);
  // Who asks and for what; nothing when all of it is right.
  std::optional<peer::v1::EvaluationRefusal> JudgeCaller(const Request& request,
                                                         std::string_view caller,
                                                         const Partners& partners, uint64_t now_us,
                                                         std::string* pseudonym) const;

  Own own_;
  std::shared_ptr<Book> book_;
  std::map<std::pair<std::string, uint32_t>, DayList> lists_;  // by asker and day
  std::vector<record::v1::HeldReveal> reveals_;
  // Taken, and neither settled nor abandoned, by request digest: asker and day.
  std::map<crypto::Hash, std::pair<std::string, uint32_t>> open_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_HOLDER_H_
