#include "server/core/export_log.h"

#include <algorithm>

#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "server/core/query_log.h"
#include "server/core/refusal.h"

namespace sluis::core {
namespace {

constexpr std::string_view kMagic = "sluis-export/v1\n";
constexpr uint8_t kWholeEntry = 1;
constexpr uint8_t kDamagedEntry = 3;
// Entries of one piece: with five open parts of the usual length well below 256 KiB, and bounded by
// kPieceBytes.
constexpr uint64_t kPieceEntries = 512;
constexpr size_t kPieceBytes = 192 << 10;

}  // namespace

const Method& ExportLog::method() const {
  static const Method& method = MethodNamed("LogService.ExportLog");
  return method;
}

absl::StatusOr<Plan> ExportLog::Decide(const Call& call, View&) {
  if (auto refusal = RefuseLook(request_.reason(), request_.open())) {
    return RefusalPlan(call, *std::move(refusal));
  }
  const node::v1::OpenParts& open = request_.open();
  if (request_.closed() && (open.actor() || open.subject() || open.decision())) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "a closed export opens no parts", "closed"});
  }
  Answer answer = Ask(call, "audit", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);
  Plan plan;
  plan.effects.push_back(LookOf(call, answer, request_.reason(), open));
  // Before the first checkpoint there is nothing to export and nothing to name.
  const absl::StatusOr<crypto::Bytes> text =
      crypto::CheckpointText({origin_, {checkpoint_.size, checkpoint_.root}});
  if (text.ok()) {
    plan.effects[0].entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(*text))));
  }
  plan.reply = [](std::span<const ledger::Logged>) { return absl::OkStatus(); };
  return plan;
}

// The checkpoint was shown before the snapshot is taken, so that the snapshot holds every entry it
// covers.
ExportStream::ExportStream(ledger::Ledger& ledger, ledger::ShownCheckpoint checkpoint,
                           node::v1::OpenParts open, bool closed)
    : ledger_(ledger),
      open_(std::move(open)),
      closed_(closed),
      checkpoint_(std::move(checkpoint)),
      snapshot_(ledger.store().NewSnapshot()),
      reader_(ledger.origin(), *snapshot_, ledger.keyring()) {}

std::string ExportStream::Head() const {
  std::string head(kMagic);
  crypto::AppendLp(head, ledger_.origin());
  crypto::AppendLp(head, ledger_.verifier_key());
  crypto::AppendLp(head, checkpoint_.note);
  crypto::AppendU64(head, checkpoint_.size);
  crypto::AppendU8(head, 1);
  return head;
}

bool ExportStream::Opens(ledger::Part part) const {
  switch (part) {
    case ledger::Part::kAct:
      return !closed_;
    case ledger::Part::kActor:
      return open_.actor();
    case ledger::Part::kSubject:
      return open_.subject();
    case ledger::Part::kDecision:
      return open_.decision();
    case ledger::Part::kCounterpart:
      return !closed_;
  }
  return false;
}

absl::Status ExportStream::Append(const ledger::StoredEntry& entry, std::string& piece) const {
  using State = ledger::OpenedPart::State;
  crypto::AppendU8(piece, kWholeEntry);
  piece += entry.leaf;
  for (const ledger::Part part : ledger::kParts) {
    if (!Opens(part)) {
      crypto::AppendU8(piece, static_cast<uint8_t>(State::kClosed));
      continue;
    }
    absl::StatusOr<ledger::OpenedPart> opened = reader_.Open(entry, part);
    if (!opened.ok()) return opened.status();
    crypto::AppendU8(piece, static_cast<uint8_t>(opened->state));
    if (opened->state == State::kOpen) {
      piece += crypto::View(opened->salt);
      crypto::AppendLp(piece, opened->bytes);
    } else if (opened->state == State::kErased) {
      crypto::AppendU64(piece, opened->erased_by_entry);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> ExportStream::Next() {
  std::string piece;
  if (!head_done_) {
    piece = Head();
    head_done_ = true;
  }
  absl::Status fault = absl::OkStatus();
  const uint64_t last = std::min(checkpoint_.size, next_ + kPieceEntries);
  absl::Status visited = reader_.Visit(
      next_, last,
      [&](const ledger::StoredEntry& entry) {
        fault = Append(entry, piece);
        if (!fault.ok()) return false;
        next_ = entry.index + 1;
        return piece.size() < kPieceBytes;
      },
      [&](uint64_t index, const crypto::Hash& leaf_hash) {
        crypto::AppendU8(piece, kDamagedEntry);
        piece += crypto::View(leaf_hash);
        next_ = index + 1;
        return piece.size() < kPieceBytes;
      });
  if (!visited.ok()) return visited;
  if (!fault.ok()) return fault;
  if (piece.empty()) return std::optional<std::string>();
  return std::optional<std::string>(std::move(piece));
}

}  // namespace sluis::core
