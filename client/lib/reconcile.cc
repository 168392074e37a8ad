#include "client/lib/reconcile.h"

#include <algorithm>
#include <map>
#include <utility>

namespace sluis::client {
namespace {

using record::v1::CounterpartPart;

constexpr std::string_view kSender = "sender";
constexpr std::string_view kOpened = "opened";
constexpr std::string_view kUnopenable = "unopenable";
constexpr std::string_view kRefused = "refused";

struct Judged {
  ExchangeResult result;
  std::string_view why;
};
constexpr Judged Differing(std::string_view why) { return {ExchangeResult::kDiffering, why}; }
constexpr Judged Open(std::string_view why) { return {ExchangeResult::kOpen, why}; }
constexpr Judged Matched(std::string_view why) { return {ExchangeResult::kMatched, why}; }

// That the exchange ended by an erasure, or with the exercise in which it was made.
bool SaysErased(const CounterpartPart& part) {
  return (part.kind() == "erasure" || part.kind() == "exercise") && part.outcome() == "erased";
}

// What the sender's log says of one exchange. A message that it turned away changed nothing.
struct SenderSays {
  const ExchangeEntry* intent = nullptr;
  std::vector<const ExchangeEntry*> releases;  // a receipt followed, and with it the key
  // How it ended: "opened", "unopenable", "refusal", "cancel", or "end" where the recipient was not
  // told; the last one where it was taken back after it was opened.
  std::string_view ending;
  bool opened = false;
  bool erased = false;
  bool anything = false;
};

SenderSays SayingOf(const std::vector<const ExchangeEntry*>& sent) {
  SenderSays says;
  for (const ExchangeEntry* entry : sent) {
    const CounterpartPart& part = entry->part;
    if (part.outcome() == kRefused) continue;
    says.anything = true;
    says.erased = says.erased || SaysErased(part);
    if (part.kind() == "intent") {
      if (says.intent == nullptr) says.intent = entry;
    } else if (part.kind() == "receipt") {
      says.releases.push_back(entry);
    } else if (part.kind() == kOpened || part.kind() == kUnopenable || part.kind() == "refusal" ||
               part.kind() == "cancel" || part.kind() == "end") {
      says.ending = part.kind();
      says.opened = says.opened || part.kind() == kOpened;
    }
  }
  return says;
}

// What the recipient's log says of one exchange.
struct RecipientSays {
  const ExchangeEntry* decision = nullptr;  // about the Offer: accepted or refused
  bool accepted = false;
  // An Offer under the same id that is not the first one: no sender makes it by itself.
  bool second_offer = false;
  // What the key came to: "opened", "unopenable" or "refused"; empty without one.
  std::string_view key;
  bool closed = false;     // a Cancel was followed
  bool corrected = false;  // closed, because a corrected version took its place
  bool expired = false;    // no key came in time
  bool erased = false;
  bool anything = false;
};

// One of the words that a key can come to, as a constant; empty for any other.
std::string_view KeyWord(const CounterpartPart& part) {
  if (part.outcome() == kOpened) return kOpened;
  if (part.outcome() == kUnopenable) return kUnopenable;
  // Without an Offer it was turned away: nobody waited for it.
  return part.outcome() == kRefused && !part.offer_digest().empty() ? kRefused : std::string_view();
}

// False when the entry changes nothing: a message turned away, or a word of a later version.
bool Take(const ExchangeEntry& entry, RecipientSays& says) {
  const CounterpartPart& part = entry.part;
  if (part.kind() == "key" && !KeyWord(part).empty()) {
    says.key = KeyWord(part);
    return true;
  }
  if (part.kind() == "cancel" && part.outcome() == "closed") {
    says.closed = true;
    return true;
  }
  if (part.kind() == "correction" && part.outcome() == "closed") {
    says.corrected = true;
    return true;
  }
  if (part.kind() != "offer") return false;
  if (part.outcome() == "expired") {
    says.expired = true;
    return true;
  }
  const bool accepted = part.outcome() == "accepted";
  if (!accepted && part.outcome() != kRefused) return false;
  if (says.decision == nullptr) {
    says.decision = &entry;
    says.accepted = accepted;
  } else if (part.message_digest() != says.decision->part.message_digest()) {
    says.second_offer = true;
  }
  return true;
}

RecipientSays SayingOfRecipient(const std::vector<const ExchangeEntry*>& received) {
  RecipientSays says;
  for (const ExchangeEntry* entry : received) {
    const bool taken = Take(*entry, says);
    says.erased = says.erased || SaysErased(entry->part);
    says.anything = says.anything || taken;
  }
  return says;
}

// Both sides of one exchange with the log of the recipient, for the heads that receipts show.
struct Sides {
  const std::vector<const ExchangeEntry*>& sent;
  const std::vector<const ExchangeEntry*>& received;
  const ReconciledLog& recipient;
};

bool SamePartnership(const Sides& sides) {
  const std::string& first =
      (sides.sent.empty() ? sides.received : sides.sent).front()->part.partnership();
  const auto is_first = [&](const ExchangeEntry* entry) {
    return entry->part.partnership() == first;
  };
  return std::all_of(sides.sent.begin(), sides.sent.end(), is_first) &&
         std::all_of(sides.received.begin(), sides.received.end(), is_first);
}

// Whether every entry that names an Offer names this one. What was turned away may name another.
bool SameOffer(const Sides& sides, const std::string& offer_digest) {
  const auto agrees = [&](const ExchangeEntry* entry) {
    const CounterpartPart& part = entry->part;
    return part.offer_digest().empty() || part.offer_digest() == offer_digest ||
           part.outcome() == kRefused;
  };
  return std::all_of(sides.sent.begin(), sides.sent.end(), agrees) &&
         std::all_of(sides.received.begin(), sides.received.end(), agrees);
}

// In what the head that a receipt showed differs from the recipient's log; empty when in nothing.
std::string_view WrongHead(const CounterpartPart& release, const ReconciledLog& recipient) {
  if (release.peer_size() == 0) return {};
  const auto root = recipient.roots.find(release.peer_size());
  if (root == recipient.roots.end()) return "shorter";
  return crypto::View(root->second) == release.peer_root() ? std::string_view() : "rewritten";
}

// The recipient's log has no decision about an Offer.
Judged WithoutDecision(const Sides& sides, const SenderSays& sender, const RecipientSays& says) {
  if (says.anything) return Differing("no_collection");
  for (const ExchangeEntry* release : sender.releases) {
    const std::string_view wrong = WrongHead(release->part, sides.recipient);
    if (!wrong.empty()) return Differing(wrong);
    // The receipt proved it to be under that very root.
    if (release->part.peer_size() > 0) return Differing("withheld");
  }
  if (!sender.releases.empty() || sender.opened || sender.ending == kUnopenable ||
      sender.ending == "refusal") {
    return Differing("no_collection");
  }
  // Ended before the other side decided: there is nothing there that could be read.
  if (sender.ending == "cancel" || sender.ending == "end") return Matched("cancelled");
  if (sender.erased && says.erased) return Matched("erased");
  return {ExchangeResult::kIntentOnly, "intent"};
}

// In what the two entries about the Offer, and the heads, differ; empty when in nothing.
std::string_view WrongOffer(const Sides& sides, const SenderSays& sender,
                            const RecipientSays& recipient) {
  const ExchangeEntry& decision = *recipient.decision;
  if (recipient.accepted) {
    if (decision.part.terms_digest() != sender.intent->part.message_digest()) return "terms";
    if (decision.part.peer_leaf_hash() != crypto::View(sender.intent->leaf_hash)) return "intent";
  }
  if (recipient.second_offer || !SameOffer(sides, decision.part.message_digest())) return "offer";
  for (const ExchangeEntry* release : sender.releases) {
    const std::string_view wrong = WrongHead(release->part, sides.recipient);
    if (!wrong.empty()) return wrong;
    if (release->part.peer_leaf_hash() != crypto::View(decision.leaf_hash)) return "collection";
  }
  return {};
}

Judged Ending(const SenderSays& sender, const RecipientSays& recipient) {
  const std::string_view ending = sender.ending;
  const bool erased = sender.erased && recipient.erased;
  if (!recipient.accepted) {
    if (!sender.releases.empty()) return Differing("endings");
    if (ending == "refusal") return Matched("refused");
    if (ending == "cancel" || ending == "end") return Matched("cancelled");
    if (!ending.empty()) return Differing("endings");
    return erased ? Matched("erased") : Open("refused");
  }
  const bool has_key = !recipient.key.empty() && recipient.key != kRefused;
  if (has_key && sender.releases.empty()) return Differing("no_release");
  // Whoever says that it was opened, unopenable or refused has it signed by the other side.
  const std::string_view told = sender.opened           ? kOpened
                                : ending == kUnopenable ? kUnopenable
                                : ending == "refusal"   ? kRefused
                                                        : std::string_view();
  if (!told.empty() && recipient.key.empty()) return Differing("no_key");
  if (!told.empty() && recipient.key != told) return Differing("endings");
  if (erased) return Matched("erased");
  if (ending == "cancel") {
    const bool readable = recipient.key.empty() || has_key;
    const bool closed = recipient.closed || recipient.corrected;
    if (closed || recipient.expired || !readable) return Matched("cancelled");
    return Open("cancelled");
  }
  if (ending == "end" && (recipient.expired || recipient.key == kRefused)) return Matched("ended");
  if (recipient.closed) return Open("closed");
  // The sender waits no longer: nothing was taken back, and no answer will be followed.
  if (ending == "end" && told.empty()) return Open("unanswered");
  if (!told.empty()) return Matched(told);
  if (!recipient.key.empty()) return Open(recipient.key);
  if (recipient.expired) return Open("expired");
  return Open(sender.releases.empty() ? "collected" : "released");
}

Judged Judge(const Sides& sides) {
  const SenderSays sender = SayingOf(sides.sent);
  const RecipientSays recipient = SayingOfRecipient(sides.received);
  if (sender.intent == nullptr) {
    if (sender.anything) return Differing("no_intent");
    if (recipient.decision != nullptr) {
      return {ExchangeResult::kCollectedOnly, recipient.accepted ? "collected" : "refused"};
    }
    return Differing(recipient.anything ? "no_collection" : "turned_away");
  }
  if (!SamePartnership(sides)) return Differing("partnership");
  if (recipient.decision == nullptr) return WithoutDecision(sides, sender, recipient);
  const std::string_view wrong = WrongOffer(sides, sender, recipient);
  return wrong.empty() ? Ending(sender, recipient) : Differing(wrong);
}

// By sender and exchange id: an id that both used would be two exchanges.
using Exchanges = std::map<std::pair<std::string, std::string>, ReconciledExchange>;

void Gather(const ExchangeLog& log, const ExchangeLog& other, Exchanges& out) {
  for (const ExchangeEntry& entry : log.entries) {
    const CounterpartPart& part = entry.part;
    // Without an exchange: a list of revoked mandates, an export.
    if (part.exchange_id().empty() || part.side().empty()) continue;
    const bool sent = part.side() == kSender;
    const std::string& sender = sent ? log.organisation : other.organisation;
    ReconciledExchange& exchange = out[{sender, part.exchange_id()}];
    exchange.exchange_id = part.exchange_id();
    exchange.sender = sender;
    exchange.recipient = sent ? other.organisation : log.organisation;
    (sent ? exchange.sent : exchange.received).push_back(&entry);
  }
}

bool IsFor(const ExchangeLog& log, const ExchangeLog& other) {
  return std::all_of(log.entries.begin(), log.entries.end(), [&](const ExchangeEntry& entry) {
    return entry.part.peer() == other.organisation;
  });
}

}  // namespace

std::string_view ExchangeResultName(ExchangeResult result) {
  switch (result) {
    case ExchangeResult::kMatched:
      return "matched";
    case ExchangeResult::kOpen:
      return "open";
    case ExchangeResult::kIntentOnly:
      return "intent-only";
    case ExchangeResult::kCollectedOnly:
      return "collected-only";
    case ExchangeResult::kDiffering:
      return "differing";
  }
  return "differing";
}

std::string_view CannotReconcile(const ExchangeLog& a, const ExchangeLog& b) {
  if (a.organisation == b.organisation) return "same";
  return IsFor(a, b) && IsFor(b, a) ? std::string_view() : "not_for";
}

std::set<uint64_t> SizesNamed(const ExchangeLog& log) {
  std::set<uint64_t> sizes;
  for (const ExchangeEntry& entry : log.entries) {
    if (entry.part.peer_size() > 0) sizes.insert(entry.part.peer_size());
  }
  return sizes;
}

Reconciliation Reconcile(const ReconciledLog& a, const ReconciledLog& b) {
  Exchanges exchanges;
  Gather(a.log, b.log, exchanges);
  Gather(b.log, a.log, exchanges);
  Reconciliation out;
  for (auto& [key, exchange] : exchanges) {
    const ReconciledLog& recipient = exchange.recipient == a.log.organisation ? a : b;
    const Judged judged = Judge({exchange.sent, exchange.received, recipient});
    exchange.result = judged.result;
    exchange.why = judged.why;
    ++out.totals[static_cast<size_t>(judged.result)];
    out.exchanges.push_back(std::move(exchange));
  }
  return out;
}

}  // namespace sluis::client
