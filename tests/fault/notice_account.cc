#include "tests/fault/notice_account.h"

#include <map>
#include <set>

#include "server/core/sent_exchange.h"
#include "server/envelope/leaf.h"
#include "server/envelope/record_proof.h"
#include "server/ledger/sealed_row.h"
#include "server/storage/clock.h"

namespace sluis::fault {
namespace {

using Which = std::pair<std::string, uint64_t>;

Which WhichOf(const peer::v1::Notice& notice) {
  return {notice.binding().exchange_id(), notice.handed_over_at_s()};
}

// Of one node, as it stands.
struct Standing {
  std::multiset<Which> told;          // by a partner, of what was shared with it
  std::map<Which, std::string> owed;  // to a partner, with the day from which it is sent
  std::vector<std::string> leftover;
};

Standing StandingOf(MortalNode& node) {
  Standing standing;
  const uint64_t now_us = node.clock.NowUs();
  node.Look([&](const core::View& view) {
    absl::Status visited =
        core::VisitSent(view, {}, {}, [&](std::string_view, const core::SentRow& sent) {
          for (const std::string& bytes : sent.row.notice_proofs()) {
            const auto proof = envelope::ReadRecordProof(bytes);
            const auto* notice = proof.ok() ? std::get_if<peer::v1::Notice>(&proof->leaf) : nullptr;
            if (notice == nullptr) {
              standing.leftover.push_back("a kept notice cannot be read");
            } else {
              standing.told.insert(WhichOf(*notice));
            }
          }
          return true;
        });
    const std::string outbox = ledger::RowKey(ledger::Table::kOutbox);
    visited.Update(view.snapshot().Scan(
        outbox, storage::PrefixEnd(outbox), [&](std::string_view key, std::string_view stored) {
          const auto row = ledger::OpenRow(view.keyring(), key, stored);
          record::v1::OwedMessage owed;
          peer::v1::Notice notice;
          if (!row.ok() || !owed.ParseFromString(row->value)) {
            standing.leftover.push_back("a row of the outbox cannot be read");
          } else if (owed.kind() == peer::v1::ENVELOPE_KIND_NOTICE &&
                     owed.not_before_us() > now_us && notice.ParseFromString(owed.leaf())) {
            standing.owed[WhichOf(notice)] = storage::LegalDay(owed.not_before_us());
          } else {
            standing.leftover.push_back(
                "owes a partner something still: " +
                peer::v1::EnvelopeKind_Name(static_cast<peer::v1::EnvelopeKind>(owed.kind())));
          }
          return true;
        }));
    if (!visited.ok()) standing.leftover.push_back(visited.ToString());
  });
  return standing;
}

}  // namespace

void NoticeAccount::Add(HandedOver handed_over) {
  Which which{handed_over.exchange_id, handed_over.at_s};
  handed_over_.emplace(std::move(which), std::move(handed_over));
}

NoticeAccount::Findings NoticeAccount::Check(FiveNodes& five) const {
  Findings findings;
  std::vector<Standing> all;
  for (size_t at = 0; at < FiveNodes::kCount; ++at) all.push_back(StandingOf(five.node(at)));
  const auto violate = [&](size_t at, const std::string& what) {
    findings.violations.push_back(five.node(at).organisation() + ", what was handed over: " + what);
  };
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    for (const std::string& what : all[at].leftover) violate(at, what);
    for (const Which& which : all[at].told) {
      const auto found = handed_over_.find(which);
      if (found == handed_over_.end() || found->second.from != at) {
        violate(at, "was told of what nobody did");
      } else if (all[at].told.count(which) != 1) {
        violate(at, "was told twice");
      }
    }
    for (const auto& [which, from_day] : all[at].owed) {
      const auto found = handed_over_.find(which);
      if (found == handed_over_.end() || found->second.to != at) {
        violate(at, "is to tell what it did not do");
      } else if (found->second.barred_until.empty() ||
                 from_day != storage::AddDays(found->second.barred_until, 1)) {
        violate(at, "waits longer than the order says before it tells it");
      }
    }
  }
  for (const auto& [which, one] : handed_over_) {
    const bool told = all[one.from].told.contains(which);
    const bool owed = all[one.to].owed.contains(which);
    const bool barred = storage::LegalDay(five.node(one.to).clock.NowUs()) <= one.barred_until;
    if (told && barred) violate(one.from, "was told of it while the order barred that");
    if (told && owed) violate(one.to, "is to tell what it told");
    if (one.acknowledged && !told && !owed) violate(one.to, "told nobody of it, and will not");
    if (told) ++findings.told;
    if (owed) ++findings.barred_still;
  }
  return findings;
}

}  // namespace sluis::fault
