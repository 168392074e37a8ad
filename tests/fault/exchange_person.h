#ifndef SLUIS_TESTS_FAULT_EXCHANGE_PERSON_H_
#define SLUIS_TESTS_FAULT_EXCHANGE_PERSON_H_

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "server/envelope/user_signature.h"
#include "sluis/node/v1/context.pb.h"
#include "sluis/record/v1/signal.pb.h"
#include "tests/fault/mortal_node.h"

namespace sluis::fault {

// What a signal is about decides who may get it under the shipped packs.
enum class About {
  kPlace,   // any partner
  kPerson,  // municipalities and welfare among each other, on the way to help
};

// Somebody of one organisation who writes signals down, shares them and takes them back, with the
// machine on which they sign. Every call is UNAVAILABLE when the node died of it: it was done or
// not, and only the log says which.
class ExchangePerson {
 public:
  // Not registered yet. The node must outlive it.
  ExchangePerson(MortalNode& node, std::string role, std::string basis);

  // The first administrator, the person, their mandates, and an empty list of revoked ones.
  absl::Status Register();
  // A newer list of revoked mandates that revokes nothing.
  absl::Status NewList();

  // The record id.
  absl::StatusOr<std::string> Record(About about, const std::string& text,
                                     record::v1::Tlp tlp = record::v1::TLP_AMBER);
  absl::Status Amend(About about, const std::string& record_id, uint32_t version,
                     const std::string& text);
  struct Sharing {
    About about = About::kPlace;
    std::string record_id;
    std::string to;
    std::string corrects = {};
    std::chrono::seconds lifetime = std::chrono::hours(72);
  };
  // Previews, signs and shares. `exchange_id` is set as soon as it was drawn.
  absl::Status Share(const Sharing& sharing, std::string& exchange_id);
  // With a signature, whether one is needed or not.
  absl::Status Withdraw(const std::string& exchange_id);
  // Signed for every partner that may have it.
  absl::Status Erase(const std::string& record_id);
  absl::StatusOr<record::v1::SignalView> Open(const std::string& record_id);
  // Hands over everything of a record that an authority ordered to be handed over; `barred_until`:
  // the last day on which whoever shared it may not be told, or empty.
  absl::StatusOr<record::v1::SignalView> HandOver(const std::string& record_id,
                                                  const std::string& barred_until);

  // The administrator sets aside what is known of the partner's log up to that size.
  absl::Status AcceptLog(const std::string& partner, uint64_t size, const std::string& reason);

  const tests::Person& who() const { return who_; }
  const record::v1::SignedMandate& mandate() const { return mandate_; }

 private:
  node::v1::RequestContext Context(About about) const;
  record::v1::SignedUserStatement Statement(const std::string& action, const std::string& audience,
                                            const node::v1::RequestContext& context,
                                            const envelope::StatementItem& item,
                                            std::chrono::seconds lifetime) const;
  record::v1::SignedUserStatement StatementAbout(const std::string& action,
                                                 const record::v1::SentExchange& row) const;

  MortalNode& node_;
  const std::string role_, basis_;
  const tests::Person administrator_, who_;
  record::v1::SignedMandate mandate_;
  uint64_t list_ = 0;
};

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_EXCHANGE_PERSON_H_
