#include "tests/fault/random_exchanges.h"

#include <gtest/gtest.h>

#include <utility>

#include "server/core/received_exchange.h"
#include "server/core/sent_correction.h"
#include "server/core/sent_exchange.h"
#include "server/storage/clock.h"

namespace sluis::fault {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using tests::Survival;

enum Act { kWithdrawn, kCorrected, kErased, kRead, kNewLists, kHandedOver };

}  // namespace

RandomExchanges::RandomExchanges(uint64_t seed, size_t exchanges)
    : random_(seed * 1000 + 7), wanted_(exchanges), five_(seed) {
  five_.network().Watch(
      [this](const std::string& from, const std::string& to,
             const peer::v1::DeliverRequest& request) { wire_.Take(from, to, request); });
  five_.Exchange();
}

void RandomExchanges::Run() {
  five_.network().Set({});
  while (made_.size() < wanted_) Step();
  // Everything is mended; what was put aside or has to be sent once more comes again.
  five_.network().Calm();
  five_.network().MendAll();
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    if (five_.node(at).is_open()) five_.node(at).Kill(Survival::kSyncedOnly, 0);
    Revive(at, false);
  }
  five_.Exchange(12, seconds(61));
  for (int i = 0; i < 3; ++i) {
    five_.Exchange(1, hours(5));
    five_.Exchange(3, seconds(61));
  }
  // Beyond the longest window of a signature, and what is given up at its end.
  for (int i = 0; i < 8; ++i) {
    five_.Exchange(1, hours(12));
    five_.Exchange(2, minutes(11));
  }
}

void RandomExchanges::Step() {
  five_.Advance(seconds(random_.Below(150) == 0 ? 3600 + random_.Below(9000) : random_.Below(25)));
  const size_t at = AnyNode();
  MortalNode& node = five_.node(at);
  const uint64_t dice = random_.Below(1000);
  if (dice < 30) {
    ShareSomething();
  } else if (dice < 38) {
    WithdrawSomething();
  } else if (dice < 48) {
    CorrectSomething();
  } else if (dice < 53) {
    EraseSomething();
  } else if (dice < 56) {
    if (node.is_open() && five_.person(at).NewList().ok()) ++findings_.done[kNewLists];
  } else if (dice < 62) {
    HandOverSomething();
  } else if (dice < 69) {
    if (node.is_open()) node.PowerOffAfter(random_.Below(120));
  } else if (dice < 72) {
    five_.network().Cut(node.organisation(), five_.node(AnyNode()).organisation());
  } else if (dice < 78) {
    five_.network().MendAll();
  } else if (dice < 120) {
    if (node.is_open()) node.Heartbeat();
  } else if (dice < 140) {
    if (node.is_open()) node.KeepHouse().IgnoreError();
  } else if (dice < 400) {
    if (node.is_open()) node.Round().IgnoreError();
  } else {
    five_.network().Step();
  }
  MindTheDead();
}

void RandomExchanges::MindTheDead() {
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    MortalNode& node = five_.node(at);
    if (node.is_open() && node.dead()) {
      ++findings_.kills;
      node.Kill(random_.Below(2) == 0 ? Survival::kSyncedOnly : Survival::kPrefix,
                random_.Below(UINT32_MAX));
    } else if (!node.is_open() && random_.Below(40) == 0) {
      Revive(at, true);
    }
  }
}

void RandomExchanges::Revive(size_t at, bool may_die_again) {
  MortalNode& node = five_.node(at);
  const bool dies = may_die_again && random_.Below(6) == 0;
  if (dies) node.PowerOffAfter(random_.Below(60));
  const absl::Status opened = node.Open();
  if (dies && node.dead()) {
    ++findings_.kills;
    node.Kill(Survival::kPrefix, random_.Below(UINT32_MAX));
    return;
  }
  if (!opened.ok()) {
    findings_.violations.push_back(node.organisation() +
                                   " does not come back: " + opened.ToString());
  }
}

std::pair<uint32_t, std::string> RandomExchanges::NowOf(const Kept& kept) {
  std::pair<uint32_t, std::string> now;
  five_.node(kept.owner).Look([&](const core::View& view) {
    const auto record = view.OpenRecord(kept.id);
    if (!record.ok()) return;
    now = {(*record)->row.version(), (*record)->body.signal().content().statements(0).text()};
  });
  return now;
}

record::v1::SentState RandomExchanges::SentStateOf(const std::string& id, const Made& made) {
  record::v1::SentState state = record::v1::SENT_STATE_UNSPECIFIED;
  five_.node(made.from).Look([&](const core::View& view) {
    if (const auto sent = core::ReadSent(view, id); sent.ok()) state = sent->row.state();
  });
  return state;
}

bool RandomExchanges::IsClosing(const std::string& id, const Made& made) {
  bool closing = false;
  five_.node(made.from).Look([&](const core::View& view) {
    if (const auto sent = core::ReadSent(view, id); sent.ok()) closing = core::IsClosing(sent->row);
  });
  return closing;
}

void RandomExchanges::ShareSomething() {
  Kept kept;
  if (!kept_.empty() && random_.Below(3) == 0) {
    kept = kept_[random_.Below(kept_.size())];
    if (kept.erased || !five_.node(kept.owner).is_open()) return;
  } else {
    kept.owner = AnyNode();
    kept.about = random_.Below(2) == 0 ? About::kPlace : About::kPerson;
    if (!five_.node(kept.owner).is_open()) return;
    const auto record =
        five_.person(kept.owner)
            .Record(kept.about, "waarneming " + std::to_string(++written_) + " van de wijkwerking");
    if (!record.ok()) return;
    kept.id = *record;
    kept_.push_back(kept);
  }
  const size_t to = AnyNode();
  if (five_.node(kept.owner).dead() || !FiveNodes::Permitted(kept.about, kept.owner, to)) return;
  Share(kept, to, {});
}

void RandomExchanges::Share(const Kept& kept, size_t to, const std::string& corrects) {
  const std::string text = NowOf(kept).second;
  // One in eight ends before the partner has had much time.
  const auto lifetime =
      random_.Below(8) == 0 ? minutes(245 + random_.Below(90)) : std::chrono::minutes(hours(72));
  std::string id;
  const absl::Status shared = five_.person(kept.owner)
                                  .Share({.about = kept.about,
                                          .record_id = kept.id,
                                          .to = five_.node(to).organisation(),
                                          .corrects = corrects,
                                          .lifetime = lifetime},
                                         id);
  if (id.empty()) return;
  const bool died = absl::IsUnavailable(shared);
  if (!shared.ok() && !died) {
    // Nothing but a correction that is none any more.
    if (corrects.empty()) findings_.violations.push_back("not shared: " + shared.ToString());
    return;
  }
  order_.push_back(id);
  made_[id] = {kept.owner, to, kept.about, kept.id, text, shared.ok()};
  if (shared.ok() && !corrects.empty()) ++findings_.done[kCorrected];
}

void RandomExchanges::WithdrawSomething() {
  if (order_.empty()) return;
  // Mostly one of the newest, so that it is taken back at every step of its way.
  const size_t back = std::min<size_t>(order_.size(), random_.Below(3) == 0 ? order_.size() : 12);
  const std::string& id = order_[order_.size() - 1 - random_.Below(back)];
  const size_t from = made_.at(id).from;
  if (five_.node(from).is_open() && five_.person(from).Withdraw(id).ok()) {
    ++findings_.done[kWithdrawn];
  }
}

void RandomExchanges::CorrectSomething() {
  if (order_.empty()) return;
  const std::string id = order_[random_.Below(order_.size())];
  const Made& made = made_.at(id);
  const Kept kept{made.from, made.about, made.record_id};
  if (!five_.node(made.from).is_open() || SentStateOf(id, made) != record::v1::SENT_STATE_OPENED) {
    return;
  }
  const auto [version, text] = NowOf(kept);
  if (version == 0) return;
  const absl::Status amended =
      five_.person(made.from).Amend(made.about, kept.id, version, text + ", nagelezen");
  if (amended.ok() && !five_.node(made.from).dead()) Share(kept, made.to, id);
}

void RandomExchanges::EraseSomething() {
  if (kept_.empty()) return;
  Kept& kept = kept_[random_.Below(kept_.size())];
  if (kept.erased || !five_.node(kept.owner).is_open()) return;
  const absl::Status erased = five_.person(kept.owner).Erase(kept.id);
  // When the node died of it, it was erased or not: it is not shared again either way.
  if (erased.ok() || absl::IsUnavailable(erased)) kept.erased = true;
  if (erased.ok()) ++findings_.done[kErased];
}

void RandomExchanges::HandOverSomething() {
  if (order_.empty()) return;
  // Also one that has not been opened yet, or that has been closed or erased since.
  const size_t back = std::min<size_t>(order_.size(), 30);
  const std::string& id = order_[order_.size() - 1 - random_.Below(back)];
  const Made& made = made_.at(id);
  MortalNode& node = five_.node(made.to);
  if (!node.is_open()) return;
  // What is handed over twice within a second is told as one.
  five_.Advance(seconds(1));
  NoticeAccount::HandedOver act{made.from, made.to, id, node.clock.NowUs() / 1'000'000, {}, true};
  // Half of it may be told at once; of the other half some within the days of this run.
  const uint64_t days = random_.Below(3) == 0 ? 40 : random_.Below(3);
  if (random_.Below(2) == 0) {
    act.barred_until =
        storage::AddDays(storage::LegalDay(node.clock.NowUs()), static_cast<int>(days));
  }
  const auto handed = five_.person(made.to).HandOver(id, act.barred_until);
  act.acknowledged = handed.ok();
  if (handed.ok() && handed->content().statements(0).text() != made.text) {
    findings_.violations.push_back("something else was handed over than was shared");
  }
  if (handed.ok()) ++findings_.done[kHandedOver];
  if (handed.ok() || absl::IsUnavailable(handed.status())) notices_.Add(act);
}

void RandomExchanges::CheckRows(Findings& findings) {
  for (const auto& [id, made] : made_) {
    const auto violate = [&](const std::string& what) {
      findings.violations.push_back(five_.node(made.from).organisation() + " to " +
                                    five_.node(made.to).organisation() + ", \"" + made.text +
                                    "\": " + what);
    };
    const record::v1::SentState state = SentStateOf(id, made);
    if (state == record::v1::SENT_STATE_UNSPECIFIED) {
      if (made.acknowledged) violate("was acknowledged and is lost");
      continue;
    }
    ++findings.shared;
    if (!core::IsEnded(state)) violate("has not ended at its sender");
    std::string there;
    five_.node(made.to).Look([&](const core::View& view) {
      const auto received = core::ReadReceived(view, id);
      if (!received.ok()) return;
      there = received->row.record_id();
      if (received->row.state() == record::v1::RECEIVED_STATE_COLLECTED) {
        violate("still waits for its key");
      }
      // Whoever has it erased has nothing of it; whoever may read it reads what was shared.
      const auto record = view.OpenRecord(there);
      const bool is_there = record.ok();
      if (received->row.state() == record::v1::RECEIVED_STATE_ERASED && is_there) {
        violate("is erased and opens");
      }
      if (received->row.state() == record::v1::RECEIVED_STATE_OPENED && !is_there) {
        violate("was opened and is lost");
      }
    });
    if (state != record::v1::SENT_STATE_OPENED) continue;
    // A correction of it ended without being opened: its recipient was told that it is wrong.
    if (IsClosing(id, made)) {
      if (five_.person(made.to).Open(there).ok()) violate("is wrong and can be read");
      continue;
    }
    const auto opened = five_.person(made.to).Open(there);
    if (!opened.ok()) {
      violate("cannot be read at its recipient: " + opened.status().ToString());
    } else if (opened->content().statements(0).text() != made.text) {
      violate("is read as something else");
    }
    ++findings.done[kRead];
  }
}

RandomExchanges::Findings RandomExchanges::Check() {
  Findings findings = std::move(findings_);
  for (size_t at = 0; at < FiveNodes::kCount; ++at) {
    if (!five_.node(at).is_open()) return findings;
  }
  CheckRows(findings);
  findings.logs = AccountOf(five_);
  const auto add = [&findings](const std::vector<std::string>& more) {
    findings.violations.insert(findings.violations.end(), more.begin(), more.end());
  };
  add(findings.logs.violations);
  add(wire_.violations());
  const NoticeAccount::Findings notices = notices_.Check(five_);
  add(notices.violations);
  findings.told = notices.told;
  findings.barred_still = notices.barred_still;
  findings.envelopes = wire_.envelopes();
  // With everything done, two hours bring nothing on its way and nothing into the logs.
  five_.Exchange(1, hours(2));
  uint64_t before = 0, after = 0;
  for (size_t at = 0; at < FiveNodes::kCount; ++at) before += five_.node(at).ledger().size();
  const uint64_t envelopes = wire_.envelopes();
  five_.Exchange(2, hours(2));
  for (size_t at = 0; at < FiveNodes::kCount; ++at) after += five_.node(at).ledger().size();
  if (after != before || wire_.envelopes() != envelopes) {
    findings.violations.push_back(
        "there is no end of it: " + std::to_string(wire_.envelopes() - envelopes) +
        " envelopes and " + std::to_string(after - before) + " entries more");
  }
  return findings;
}

}  // namespace sluis::fault
