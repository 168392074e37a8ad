#include "client/cli/node_doctor.h"

#include <algorithm>
#include <utility>

#include "client/cli/exchange_doctor.h"
#include "client/cli/keys_view.h"
#include "client/cli/receipt.h"
#include "client/cli/signal_view.h"
#include "client/lib/certificate.h"
#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/text.h"

namespace sluis::cli {
namespace {

constexpr int64_t kSoonDays = 7;
constexpr size_t kMaxPemBytes = 64 << 10;
constexpr int64_t kDaySeconds = 24 * 3600;
constexpr uint64_t kSecond = 1000000;
constexpr uint64_t kClockWarning = 30 * kSecond;
constexpr uint64_t kClockFault = 300 * kSecond;
constexpr uint64_t kDiskWarning = uint64_t{1} << 30;
constexpr uint64_t kDiskFault = uint64_t{256} << 20;
constexpr uint64_t kProtocolEnds = 30 * 24 * 3600 * kSecond;
constexpr uint64_t kOldCheckpoint = 20 * 60 * kSecond;  // two heartbeats

Diagnosis Found(Weight weight, std::string key, Args args = {}) {
  return {weight, {std::move(key), std::move(args)}};
}

// The person's own side: folder, keys, certificate.
std::vector<Diagnosis> ExamineProfile(Shell& shell, const client::Profile& profile) {
  std::vector<Diagnosis> out;
  const auto signing = client::ReadKey(profile.PathOf("signing.key"), crypto::KeyPurpose::kSigning);
  if (!signing.ok()) {
    out.push_back({Weight::kFault, signing.failure().message});
  } else if (signing->not_after < shell.today()) {
    out.push_back(Found(Weight::kWarning, "doctor.signing_expired", {{"day", signing->not_after}}));
  }
  const auto key = client::ReadSecret(profile.PathOf("tls.key"), kMaxPemBytes);
  const auto certificate = client::ReadWhole(profile.PathOf("cert.pem"), kMaxPemBytes);
  const auto ca = client::ReadWhole(profile.PathOf("ca.pem"), kMaxPemBytes);
  for (const auto* file : {&key, &certificate, &ca}) {
    if (!file->ok()) out.push_back({Weight::kFault, file->failure().message});
  }
  if (!key.ok() || !certificate.ok() || !ca.ok()) return out;
  if (!client::Matches(*certificate, *key) || !client::IsSignedBy(*certificate, *ca)) {
    out.push_back(Found(Weight::kFault, "doctor.certificate_mismatch"));
  }
  const auto facts = client::FactsOf(*certificate);
  if (facts.ok()) {
    out.push_back(ExamineEnd(
        facts->not_after_s, shell.now_s(),
        {shell.Text("doctor.own_certificate"), shell.Text("doctor.remedy_own_certificate")}));
  }
  const auto ca_facts = client::FactsOf(*ca);
  if (ca_facts.ok()) {
    // Of the node as well: it takes people of this CA and no other.
    out.push_back(ExamineEnd(ca_facts->not_after_s, shell.now_s(),
                             {shell.Text("doctor.ca"), shell.Text("doctor.remedy_ca")}));
  }
  if (std::all_of(out.begin(), out.end(),
                  [](const Diagnosis& one) { return one.weight == Weight::kFine; })) {
    out.push_back(Found(Weight::kFine, "doctor.folder_fine"));
  }
  return out;
}

// Under which protocol something may be disclosed, and until when.
void ExamineProtocol(const node::v1::GetStatusResponse& status, std::vector<Diagnosis>* out) {
  if (!status.has_protocol()) {
    // Before it is active nothing real is exchanged.
    if (status.partnership_state() == record::v1::PARTNERSHIP_STATE_ACTIVE) {
      out->push_back(Found(Weight::kFault, "doctor.protocol_none"));
    }
    return;
  }
  const node::v1::ProtocolStatus& protocol = status.protocol();
  std::string missing;
  for (const std::string& organisation : protocol.not_signed()) {
    missing += (missing.empty() ? "" : ", ") + Harmless(organisation);
  }
  const Args args{{"id", Harmless(protocol.id())},
                  {"organisations", missing},
                  {"review", Harmless(protocol.review())},
                  {"day", Harmless(protocol.last_day())}};
  const std::string soon =
      client::LegalDay(static_cast<int64_t>((status.now_us() + kProtocolEnds) / kSecond));
  if (!missing.empty()) {
    out->push_back(Found(Weight::kFault, "doctor.protocol_unsigned", args));
  } else if (protocol.phase() == "not_yet_in_force") {
    out->push_back(Found(Weight::kWarning, "doctor.protocol_not_yet", args));
  } else if (!protocol.new_disclosures()) {
    out->push_back(Found(Weight::kFault, "doctor.protocol_over", args));
  } else if (protocol.phase() == "past_review") {
    out->push_back(Found(Weight::kWarning, "doctor.protocol_past_review", args));
  } else if (protocol.last_day() <= soon) {
    out->push_back(Found(Weight::kWarning, "doctor.protocol_ends", args));
  } else {
    out->push_back(Found(Weight::kFine, "doctor.protocol_fine", args));
  }
}

const char* MarkOf(Weight weight) {
  switch (weight) {
    case Weight::kFine:
      return "doctor.mark_fine";
    case Weight::kWarning:
      return "doctor.mark_warning";
    case Weight::kFault:
      return "doctor.mark_fault";
  }
  return "doctor.mark_fault";
}

Exit Report(Shell& shell, const std::vector<Diagnosis>& found, Exit exit) {
  Json list = Json::array();
  for (const Diagnosis& one : found) {
    if (one.weight == Weight::kFault && exit == Exit::kDone) exit = Exit::kFinding;
    const std::string text = shell.catalogue().Text(one.what);
    if (shell.json) {
      static constexpr const char* kWords[] = {"fine", "warning", "fault"};
      list.push_back({{"weight", kWords[static_cast<int>(one.weight)]},
                      {"kind", one.what.key},
                      {"text", text}});
    } else {
      shell.out() << shell.Text(MarkOf(one.weight)) << "  " << text << '\n';
    }
  }
  if (shell.json) shell.Print({{"diagnoses", list}});
  return exit;
}

Exit Doctor(Shell& shell) {
  const Result<client::Profile> profile = shell.Profile();
  if (!profile.ok()) return shell.Fail(profile.failure());
  std::vector<Diagnosis> found = ExamineProfile(shell, *profile);
  const auto answer = Call<node::v1::GetStatusResponse>(shell, node::v1::GetStatusRequest());
  Exit exit = Exit::kDone;
  if (answer.ok()) {
    const auto now_us = static_cast<uint64_t>(shell.now_s()) * kSecond;
    for (Diagnosis& one : Examine(*answer, now_us, SLUIS_VERSION)) found.push_back(std::move(one));
    found.push_back(ExamineEnd(
        static_cast<int64_t>(answer->certificate_not_after_s()), shell.now_s(),
        {shell.Text("doctor.node_certificate"), shell.Text("doctor.remedy_node_certificate")}));
    if (client::ParseDay(answer->log_key_not_after())) {
      found.push_back(
          ExamineEnd(client::DayBegin(answer->log_key_not_after()), shell.now_s(),
                     {shell.Text("doctor.log_key"), shell.Text("doctor.remedy_log_key")}));
    }
    // A node of before this call has no partners to speak of.
    const auto exchange =
        Call<node::v1::GetExchangeResponse>(shell, node::v1::GetExchangeRequest());
    if (exchange.ok()) {
      for (Diagnosis& one : ExamineExchange(*exchange, *answer)) found.push_back(std::move(one));
      for (Diagnosis& one : ExamineSigning(shell, *profile, *exchange)) {
        found.push_back(std::move(one));
      }
    }
    // Nor has one of before keys that are held with others.
    const auto keys = Call<node::v1::GetKeysResponse>(shell, node::v1::GetKeysRequest());
    if (keys.ok()) {
      for (Diagnosis& one : ExamineKeys(*keys, shell.now_s())) found.push_back(std::move(one));
    }
  } else {
    exit = answer.failure().exit;
    found.push_back({Weight::kFault, answer.failure().message});
  }
  return Report(shell, found, exit);
}

}  // namespace

std::vector<Diagnosis> Examine(const node::v1::GetStatusResponse& status, uint64_t now_us,
                               const std::string& own_version) {
  std::vector<Diagnosis> out;
  if (status.serving()) {
    out.push_back(Found(Weight::kFine, "doctor.serving"));
  } else {
    const std::string& reason = status.not_serving_reason();
    const bool known = reason == "ledger_behind_mark" || reason == "disk_low" ||
                       reason == "restored" || reason == "draining";
    out.push_back(Found(Weight::kFault, known ? "doctor." + reason : "doctor.not_serving",
                        {{"reason", Harmless(reason)}}));
  }
  const uint64_t apart =
      now_us > status.now_us() ? now_us - status.now_us() : status.now_us() - now_us;
  const Args seconds{{"seconds", std::to_string(apart / kSecond)}};
  out.push_back(apart > kClockFault     ? Found(Weight::kFault, "doctor.clock_apart", seconds)
                : apart > kClockWarning ? Found(Weight::kWarning, "doctor.clock_apart", seconds)
                                        : Found(Weight::kFine, "doctor.clock_fine"));
  const uint64_t free = status.disk_free_bytes();
  const Args mib{{"mib", std::to_string(free >> 20)}};
  out.push_back(free < kDiskFault     ? Found(Weight::kFault, "doctor.disk", mib)
                : free < kDiskWarning ? Found(Weight::kWarning, "doctor.disk", mib)
                                      : Found(Weight::kFine, "doctor.disk_fine", mib));
  if (status.checkpoints_held_back()) {
    out.push_back(Found(Weight::kFault, "doctor.checkpoints_held_back"));
  }
  if (status.keys_may_be_swapped()) out.push_back(Found(Weight::kWarning, "doctor.keys_swapped"));
  if (status.serving() && status.checkpoint_at_us() + kOldCheckpoint < status.now_us()) {
    out.push_back(Found(Weight::kFault, "doctor.checkpoint_old"));
  }
  if (status.version() != own_version) {
    out.push_back(Found(Weight::kWarning, "doctor.version",
                        {{"node", Harmless(status.version())}, {"own", own_version}}));
  }
  if (!status.partnership().empty()) ExamineProtocol(status, &out);
  return out;
}

Diagnosis ExamineEnd(int64_t not_after_s, int64_t now_s, const Ending& what) {
  const int64_t days = (not_after_s - now_s) / kDaySeconds;
  const Args args{{"whose", what.whose},
                  {"days", std::to_string(days)},
                  {"day", client::LegalDay(not_after_s)},
                  {"remedy", what.remedy}};
  if (not_after_s <= now_s) return Found(Weight::kFault, "doctor.certificate_expired", args);
  if (days <= 3) return Found(Weight::kFault, "doctor.certificate_soon", args);
  if (days <= 30) {
    return Found(Weight::kWarning,
                 days <= 14 ? "doctor.certificate_soon" : "doctor.certificate_plan", args);
  }
  return Found(Weight::kFine, "doctor.certificate_fine", args);
}

std::vector<Diagnosis> ExamineKeys(const node::v1::GetKeysResponse& keys, int64_t now_s) {
  std::vector<Diagnosis> out;
  for (const node::v1::KeyState& key : keys.keys()) {
    const auto stops_s = static_cast<int64_t>(key.stops_s());
    const Args args{{"purpose", Harmless(key.purpose())},
                    {"epoch", std::to_string(key.epoch())},
                    {"day", client::LegalDay(stops_s)}};
    if (key.share() == "lost") out.push_back(Found(Weight::kFault, "doctor.key_lost", args));
    if (!IsTask(key)) continue;
    const bool soon = stops_s - now_s < kSoonDays * kDaySeconds;
    out.push_back(Found(soon ? Weight::kFault : Weight::kWarning,
                        stops_s <= now_s ? "doctor.key_stopped" : "doctor.key_stops", args));
  }
  return out;
}

void AddDoctorCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  Command(set, group, "doctor", "sluis node doctor").UsesProfile().AnswersJson().Runs([&shell] {
    return Doctor(shell);
  });
}

}  // namespace sluis::cli
