#ifndef SLUIS_SERVER_CORE_SENT_EXCHANGE_H_
#define SLUIS_SERVER_CORE_SENT_EXCHANGE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "crypto/random.h"
#include "crypto/sealing.h"
#include "server/core/plan.h"
#include "server/core/view.h"
#include "server/envelope/field_commitment.h"
#include "server/ledger/reader.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/peer.pb.h"
#include "sluis/record/v1/exchange.pb.h"

namespace sluis::core {

// Keys of the rows that a sender keeps of an exchange; docs/formats.md.
std::string SentKey(std::string_view exchange_id);
std::string SentOfKey(std::string_view record_id, std::string_view exchange_id);

// Name of the log of an organisation.
std::string LogOriginOf(std::string_view organisation);

// A row of a sent exchange as read, with its stamp.
struct SentRow {
  record::v1::SentExchange row;
  uint64_t stamp = 0;

  // Index of the entry about the intent: the row that this very entry wrote names it by its stamp.
  uint64_t intent_index() const {
    return row.intent_entry() == 0 ? stamp - 1 : row.intent_entry() - 1;
  }
};

// NOT_FOUND when there is none; DATA_LOSS when it cannot be read or names another exchange.
absl::StatusOr<SentRow> ReadSent(const View& view, std::string_view exchange_id);

// The Offer that the row keeps, read; without its texts when the record was erased. DATA_LOSS.
absl::StatusOr<peer::v1::Offer> OwnOfferOf(const SentRow& sent);

// The Offer as it travels, read and as bytes: that of the row with the leaf hash of the entry about
// the intent in the own log. DATA_LOSS when row or entry cannot be read, or the record was erased.
struct TravellingOffer {
  peer::v1::Offer offer;
  std::string bytes;
};
absl::StatusOr<TravellingOffer> OfferOf(const ledger::LogReader& log, const SentRow& sent);
// The same of one whose Offer was read already.
absl::StatusOr<TravellingOffer> OfferOf(const ledger::LogReader& log, const SentRow& sent,
                                        peer::v1::Offer own);

// What every message of the exchange repeats, and the digest by which it names the Offer: also when
// no more than that is left of it. DATA_LOSS when row or entry cannot be read.
struct SentBinding {
  peer::v1::Binding offer;
  crypto::Hash offer_digest{};
};
absl::StatusOr<SentBinding> SentBindingOf(const View& view, std::string_view own_organisation,
                                          const SentRow& sent);

// Visits the exchanges of a record, or of all records when `record_id` is empty, by record id and
// exchange id, from just after `after` (a position of an earlier visit). Stops when `visit` returns
// false. A row that cannot be read is passed over and counted in `unreadable`: it must not keep the
// others from being shown, or their record from being erased.
absl::Status VisitSent(
    const View& view, std::string_view record_id, std::string_view after,
    const std::function<bool(std::string_view position, const SentRow& sent)>& visit,
    size_t* unreadable = nullptr);

// Whether nothing more can come of it.
bool IsEnded(record::v1::SentState state);
// As people see it: an offer is sent when it is due, and no row is written for that.
record::v1::SentState ShownState(const record::v1::SentExchange& row, uint64_t now_us);

// Leaves the row nothing by which what travels could be opened: no key can be given any more.
void ForgetKeys(record::v1::SentExchange& row);

// Data key and salts of what travels, and who shares it in what role: sealed under the data key of
// the record, so that both die with it. Associated data = lp(label) ‖ exchange id.
struct SealedShare {
  crypto::DataKey key;
  std::vector<envelope::FieldSalt> salts;
};
std::string SealShare(const crypto::DataKey& record_key, std::string_view exchange_id,
                      const SealedShare& share, crypto::Random& random);
absl::StatusOr<SealedShare> OpenShare(const crypto::DataKey& record_key,
                                      const record::v1::SentExchange& row);
std::string SealContext(const crypto::DataKey& record_key, std::string_view exchange_id,
                        const record::v1::ShareContext& context, crypto::Random& random);
absl::StatusOr<record::v1::ShareContext> OpenContext(const crypto::DataKey& record_key,
                                                     const record::v1::SentExchange& row);

// The kind of the entry by which a sender ends an exchange: "cancel" when it owes the partner a
// Cancel, "end" when nobody there hears of it.
std::string_view EndingKind(bool partner_is_told);

// Writes the changed row and what is owed next; `owed` unspecified means that nothing is. The row
// must be as read when it commits; the entry about the intent stays named.
void WriteSent(const SentRow& before, record::v1::SentExchange after, peer::v1::EnvelopeKind owed,
               uint64_t not_before_us, Effect& effect);

// What a receipt that was followed proved of the partner's log.
struct ShownLog {
  crypto::Hash leaf_hash{};
  crypto::TreeHead head;
};

// The counterpart part of an entry about a sent exchange: `kind` and the digest of the message that
// the entry answers or brings about.
std::string SenderPart(const record::v1::SentExchange& row, const std::string& partnership,
                       std::string_view kind, std::string_view message_digest,
                       std::string_view outcome = {}, const std::optional<ShownLog>& shown = {});

}  // namespace sluis::core

#endif  // SLUIS_SERVER_CORE_SENT_EXCHANGE_H_
