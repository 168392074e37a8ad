// One holder of a share: which requests it takes, and what it answers to them.
//
//   Admit ─► Admission, logged ─► Answer                     or Abandon, when it was not logged
//         └► Refusal, logged ─► SignRefusal
//   PrepareList, PrepareReveal ─► logged ─► Give             or Abandon
//   TakeProofs, PrepareSetAside ─► RowChanges, logged ─► Apply
//
// Logged: PlanEffect of its ToLog, committed (logged_durably.h).
//
// Checked in this order, nothing secret before the last of them: form; member, caller and signature
// of its node; key and sharing; purpose and entitlement; the person who asks; request id and entry
// not used; number of persons and elements; canonical elements, none the identity, none twice; caps
// for case, person and organisation; entries not yet proven.
//
// Guarantee: what Admit takes is counted at once, so requests under way count against each other;
// nothing is evaluated, refused, listed, revealed or remembered without proof that its entry and
// rows are durable, and nothing is evaluated twice. What is dropped before that was not told to
// anybody, and after a restart it never was: what is counted or held back until then follows from
// no row. A step that may still be logged holds back what would contradict it, so one that was not
// is given to Abandon. Not guaranteed:
// that the elements are of the person of the case: it cannot see that, nobody but the asker's
// privacy officer can. Thread-safety: one thread for all holders of a book; an Admission may be
// answered on another. Errors: see each; none names content.
#ifndef SLUIS_SERVER_EVALUATION_HOLDER_H_
#define SLUIS_SERVER_EVALUATION_HOLDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
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
#include "server/evaluation/stated_period.h"
#include "server/keys/package.h"
#include "sluis/record/v1/mandate.pb.h"

namespace sluis::evaluation {

using keys::MemberIndex;

// What a holder knows of one who asks, under the manifest in force today.
struct AskerFacts {
  std::vector<crypto::PublicKey> identity_keys;
  std::vector<crypto::PublicKey> mandate_keys;
  std::vector<crypto::PublicKey> log_keys;  // of its log, whose origin is "<organisation>/log"
  record::v1::MandateStatus status;         // the newest list held, verified before
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
  ToLog Log() const;

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
  // Nothing when the bytes are no request: it is then not answered but dropped, and whoever carries
  // them counts it, so that nobody fills a log with what needs no key to make.
  std::optional<Request> request;

  // Of one with a request.
  ToLog Log() const;
};

// The list of a day that was signed and has yet to be logged.
class Listing {
 public:
  ToLog Log() const;
  const std::string& asker() const { return list_.body.asker(); }
  uint32_t day() const { return list_.body.day(); }

 private:
  friend class Holder;
  explicit Listing(DayList list) : list_(std::move(list)) {}

  DayList list_;
};

// A part of a seed that was signed and has yet to be logged.
class Revealing {
 public:
  ToLog Log() const;

 private:
  friend class Holder;
  Revealing(SignedReveal reveal, record::v1::HeldReveal row)
      : reveal_(std::move(reveal)), row_(std::move(row)) {}

  SignedReveal reveal_;
  record::v1::HeldReveal row_;
};

// What becomes of rows of a book, once it is logged. One that is dropped changed nothing.
class RowChanges {
 public:
  ToLog Log() const;
  bool empty() const { return rows_.empty(); }

 private:
  friend class Holder;
  RowChanges(record::v1::CounterpartPart part, std::vector<HeldRow> rows)
      : part_(std::move(part)), rows_(std::move(rows)) {}

  record::v1::CounterpartPart part_;
  std::vector<HeldRow> rows_;
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
  RowChanges changes;
  std::vector<DifferingEntry> differing;
};

// One key of one partnership.
struct OfKey {
  std::string partnership;
  crypto::Hash key_id{};
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
    // The first UTC day on which this node had a share of the key, in whatever sharing: a share
    // that takes the place of another one begins nothing anew.
    uint32_t since_day = 0;
  };

  // `book`: the one of this node for the partnership, which all its holders there share. One holder
  // for each key at a time: when the key is shared anew, one with the package after takes the place
  // of the one before, with the same book, lists and reveals. `lists` and `reveals`: the rows that
  // were committed for this key (HeldEvaluationList, HeldReveal). kInvalidArgument for rows that
  // are not of form or of another key, an index that is not in the package, or a key that is not
  // one of tags.
  static absl::StatusOr<Holder> Make(Own own, std::shared_ptr<Book> book,
                                     std::span<const std::string> lists = {},
                                     std::span<const std::string> reveals = {});

  // `caller`: whom the certificate names.
  std::variant<Admission, Refusal> Admit(crypto::BytesView signed_request, std::string_view caller,
                                         const Partners& partners, uint64_t now_us);
  // The entry was not committed: nothing is counted, and the request may come again.
  void Abandon(Admission admission);
  // The entry was committed. Until a request was abandoned or settled, its day is not listed.
  // Answer settles nothing, for it may run on another thread.
  void Settle(const Admission& admission, const LoggedDurably& logged) {
    if (CheckLogged(logged, admission.Log()).ok()) book_->EndLogging(admission.request_digest());
  }
  // The signed answer. kFailedPrecondition for a proof of durability of another request, or when
  // the share is not the one of the package.
  absl::StatusOr<std::string> Answer(Admission admission, const LoggedDurably& logged,
                                     const HolderSecrets& secrets) const;
  // kInvalidArgument for one without a request, kFailedPrecondition when it is not this refusal
  // that was logged.
  absl::StatusOr<std::string> SignRefusal(const Refusal& refusal, const LoggedDurably& logged,
                                          const crypto::SigningKey& identity) const;

  // Compares what the asker's log proves with what was evaluated. Entries that nothing rests on are
  // passed over. The log is the asker's own, under a key that the manifest gives it. Errors of
  // VerifyProofs, and kPermissionDenied for who is no member. Nothing changes until Apply.
  absl::StatusOr<TakenProofs> TakeProofs(const std::string& asker, crypto::BytesView proofs,
                                         const Partners& partners,
                                         const std::optional<crypto::TreeHead>& known) const {
    return TakeProofs(*book_, {own_.package->partnership, own_.package->key_id}, asker, proofs,
                      partners, known);
  }
  // The same for whoever has left the key since: what it evaluated while it had a share is settled
  // all the same.
  static absl::StatusOr<TakenProofs> TakeProofs(const Book& book, const OfKey& of,
                                                const std::string& asker, crypto::BytesView proofs,
                                                const Partners& partners,
                                                const std::optional<crypto::TreeHead>& known);

  // Lets an asker go on although an entry was not proven or differed. An act of people, after they
  // looked. kNotFound when nothing of that id is held against it.
  absl::StatusOr<RowChanges> PrepareSetAside(const std::string& asker,
                                             const RequestId& request_id) const;
  // kFailedPrecondition when it is not these changes that were logged. What was settled since is
  // left as it is.
  absl::Status Apply(const RowChanges& changes, const LoggedDurably& logged) {
    return Apply(*book_, changes, logged);
  }
  static absl::Status Apply(Book& book, const RowChanges& changes, const LoggedDurably& logged);

  // The list that was given for this day before, which stays the same whatever has changed.
  std::optional<std::string> KeptList(const std::string& asker, uint32_t day) const;
  // What was evaluated for the asker on a day that is over, or that there was no share then,
  // signed. kFailedPrecondition for a day that is not over, that has a list or of which one is
  // being logged, of which a request is not settled, or whose rows are no longer kept.
  // `known`: the newest head of the asker's log that is known here.
  absl::StatusOr<Listing> PrepareList(const std::string& asker, uint32_t day, uint64_t now_us,
                                      const std::optional<crypto::TreeHead>& known,
                                      const ListSecrets& secrets);
  // The signed list. kFailedPrecondition when it is not this one that was logged.
  absl::StatusOr<std::string> Give(Listing listing, const LoggedDurably& logged);
  void Abandon(const Listing& listing);

  // The nonces of the days of a period, signed for exactly its lists. For one period for each asker
  // and day, which may be given again. kFailedPrecondition otherwise, and when a list is missing or
  // one given as its own is not what it signed.
  absl::StatusOr<Revealing> PrepareReveal(const Period& period, const ListSecrets& secrets);
  // The same for a period of which only digests are told, as its asker signed it: who signed has
  // been checked. Whether all lists are there nobody here can see, and nobody gains by leaving
  // lists out: a seed takes a reveal of every holder, each for the same lists.
  absl::StatusOr<Revealing> PrepareReveal(const StatedPeriod& period, const ListSecrets& secrets);
  // The signed reveal for a period for which it was logged before; nothing when it was not.
  absl::StatusOr<std::optional<std::string>> KeptReveal(const StatedPeriod& period,
                                                        const ListSecrets& secrets) const;
  // The signed reveal. kFailedPrecondition when it is not this one that was logged.
  absl::StatusOr<std::string> Give(Revealing revealing, const LoggedDurably& logged);
  void Abandon(const Revealing& revealing);

  const Own& own() const { return own_; }
  // Keys of the rows that are of no use any more, which it drops; of requests those that have a
  // list in their place, the others are the book's.
  struct Pruned {
    std::vector<std::string> requests, lists, reveals;
  };
  Pruned Prune(uint64_t now_s);

 private:
  Holder(Own own, std::shared_ptr<Book> book) : own_(std::move(own)), book_(std::move(book)) {}
  absl::Status TakeLists(std::span<const std::string> lists);
  // Its own lists of a period, by day.
  using OwnDays = std::vector<std::pair<uint32_t, crypto::Hash>>;
  static OwnDays OwnDaysOf(const StatedPeriod& period, MemberIndex index);
  absl::StatusOr<SignedReveal> Reveal(const std::string& asker, const crypto::Hash& digest,
                                      const OwnDays& days, const ListSecrets& secrets) const;
  absl::StatusOr<Revealing> PrepareReveal(const PeriodScope& scope, const crypto::Hash& digest,
                                          const OwnDays& days, const ListSecrets& secrets);
  // Who asks and for what; nothing when all of it is right.
  std::optional<peer::v1::EvaluationRefusal> JudgeCaller(const Request& request,
                                                         std::string_view caller,
                                                         const Partners& partners, uint64_t now_us,
                                                         std::string* pseudonym) const;

  Own own_;
  std::shared_ptr<Book> book_;
  std::map<std::pair<std::string, uint32_t>, DayList> lists_;  // by asker and day
  std::vector<record::v1::HeldReveal> reveals_;
  // Being logged.
  std::set<std::pair<std::string, uint32_t>> listing_;  // by asker and day
  std::vector<record::v1::HeldReveal> revealing_;
};

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_HOLDER_H_
