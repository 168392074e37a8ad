#include "server/core/export_log.h"

#include <algorithm>

#include "crypto/checkpoint.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "server/core/query_log.h"
#include "server/core/received_exchange.h"
#include "server/core/refusal.h"
#include "server/core/sent_exchange.h"
#include "server/core/status_lists.h"
#include "server/evaluation/parts.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::core {
namespace {

constexpr std::string_view kMagic = "sluis-export/v1\n";
constexpr uint8_t kWholeEntry = 1;
constexpr uint8_t kHashOnlyEntry = 2;
constexpr uint8_t kDamagedEntry = 3;
constexpr std::string_view kKindExport = "export";
// Entries of one piece: with five open parts of the usual length well below 256 KiB, and bounded by
// kPieceBytes.
constexpr uint64_t kPieceEntries = 512;
constexpr size_t kPieceBytes = 192 << 10;

// A member, or one that was: whose list of revoked mandates was seen, to whom something was shared,
// or who shared something.
absl::StatusOr<bool> IsPartner(const Call& call, const View& view, const std::string& name) {
  const Terms& terms = *call.terms;
  if (name == terms.organisation) return false;
  if (terms.manifest && terms.manifest->manifest.Find(name) != nullptr) return true;
  const absl::StatusOr<uint64_t> stamp = view.StampOf(PartnerStatusKey(name));
  if (!stamp.ok()) return stamp.status();
  bool found = *stamp != ledger::kAbsent;
  absl::Status visited = absl::OkStatus();
  if (!found) {
    visited = VisitSent(view, {}, {}, [&](std::string_view, const SentRow& sent) {
      found = sent.row.recipient() == name;
      return !found;
    });
  }
  if (visited.ok() && !found) {
    visited =
        VisitReceivedNewestFirst(view, {}, [&](std::string_view, const ReceivedRow& received) {
          found = received.row.sender() == name;
          return !found;
        });
  }
  if (!visited.ok()) return visited;
  return found;
}

// Whether it holds who was asked about in an evaluation, and how that was hidden: it leaves the
// node in a sample of the privacy officer only.
bool NamesPersons(const std::string& subject) {
  record::v1::SubjectPart part;
  const bool names = !part.ParseFromString(subject) || part.evaluated_size() > 0;
  evaluation::WipeSubject(part);
  return names;
}

}  // namespace

const Method& ExportLog::method() const {
  static const Method& method = MethodNamed("LogService.ExportLog");
  return method;
}

absl::StatusOr<Plan> ExportLog::Decide(const Call& call, View& view) {
  if (auto refusal = RefuseLook(request_.reason(), request_.open())) {
    return RefusalPlan(call, *std::move(refusal));
  }
  const node::v1::OpenParts& open = request_.open();
  const std::string& partner = request_.organisation();
  const bool opens = open.actor() || open.subject() || open.decision();
  if (request_.closed() && opens) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "a closed export opens no parts", "closed"});
  }
  if (!partner.empty() && (request_.closed() || opens)) {
    return RefusalPlan(call, {absl::StatusCode::kInvalidArgument, "bad_request",
                              "an export for a partner opens its exchanges and nothing else; leave "
                              "the rest out",
                              "organisation"});
  }
  Answer answer = Ask(call, "audit", {});
  if (!answer.permitted()) return DecisionRefusalPlan(call, answer, nullptr);
  if (!partner.empty()) {
    const absl::StatusOr<bool> known = IsPartner(call, view, partner);
    if (!known.ok()) return known.status();
    if (!*known) {
      return RefusalPlan(call, {absl::StatusCode::kNotFound, "no_partner",
                                "name a member of the partnership or an organisation of an "
                                "earlier exchange, and not your own",
                                "organisation"});
    }
  }
  Plan plan;
  plan.effects.push_back(LookOf(call, answer, request_.reason(), open));
  // Before the first checkpoint there is nothing to export and nothing to name.
  const absl::StatusOr<crypto::Bytes> text =
      crypto::CheckpointText({origin_, {checkpoint_.size, checkpoint_.root}});
  if (text.ok()) {
    plan.effects[0].entry.act.set_object_digest(std::string(crypto::View(crypto::Sha256(*text))));
  }
  if (!partner.empty()) {
    record::v1::CounterpartPart part;
    part.set_kind(std::string(kKindExport));
    part.set_peer(partner);
    part.set_partnership(call.terms->partnership);
    plan.effects[0].entry.counterpart = part.SerializeAsString();
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

ExportStream::ExportStream(ledger::Ledger& ledger, ledger::ShownCheckpoint checkpoint,
                           std::string organisation)
    : ledger_(ledger),
      closed_(false),
      organisation_(std::move(organisation)),
      checkpoint_(std::move(checkpoint)),
      snapshot_(ledger.store().NewSnapshot()),
      reader_(ledger.origin(), *snapshot_, ledger.keyring()) {}

std::string ExportStream::Head() const {
  std::string head(kMagic);
  crypto::AppendLp(head, ledger_.origin());
  crypto::AppendLp(head, ledger_.verifier_key());
  crypto::AppendLp(head, checkpoint_.note);
  crypto::AppendU64(head, checkpoint_.size);
  crypto::AppendU8(head, organisation_.empty() ? 1 : 0);
  return head;
}

bool ExportStream::Opens(ledger::Part part) const {
  if (!organisation_.empty()) return part == ledger::Part::kCounterpart;
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

absl::StatusOr<bool> ExportStream::Withholds(const ledger::StoredEntry& entry) const {
  if (organisation_.empty()) return false;
  const absl::StatusOr<ledger::OpenedPart> opened = reader_.Open(entry, ledger::Part::kCounterpart);
  if (!opened.ok()) return opened.status();
  if (opened->state != ledger::OpenedPart::State::kOpen) return false;
  record::v1::CounterpartPart part;
  return !part.ParseFromString(opened->bytes) || part.peer() != organisation_;
}

absl::Status ExportStream::AppendPart(const ledger::StoredEntry& entry, ledger::Part part,
                                      std::string& piece) const {
  using State = ledger::OpenedPart::State;
  if (!Opens(part)) {
    crypto::AppendU8(piece, static_cast<uint8_t>(State::kClosed));
    return absl::OkStatus();
  }
  absl::StatusOr<ledger::OpenedPart> opened = reader_.Open(entry, part);
  if (!opened.ok()) return opened.status();
  if (part == ledger::Part::kSubject && opened->state == State::kOpen &&
      NamesPersons(opened->bytes)) {
    opened->state = State::kClosed;
  }
  crypto::AppendU8(piece, static_cast<uint8_t>(opened->state));
  if (opened->state == State::kOpen) {
    piece += crypto::View(opened->salt);
    crypto::AppendLp(piece, opened->bytes);
  } else if (opened->state == State::kErased) {
    crypto::AppendU64(piece, opened->erased_by_entry);
  }
  return absl::OkStatus();
}

absl::Status ExportStream::Append(const ledger::StoredEntry& entry, std::string& piece) const {
  const absl::StatusOr<bool> withheld = Withholds(entry);
  if (!withheld.ok()) return withheld.status();
  if (*withheld) {
    const crypto::Hash leaf_hash = crypto::LeafHash(entry.leaf);
    crypto::AppendU8(piece, kHashOnlyEntry);
    piece += crypto::View(leaf_hash);
    return absl::OkStatus();
  }
  crypto::AppendU8(piece, kWholeEntry);
  piece += entry.leaf;
  for (const ledger::Part part : ledger::kParts) {
    if (absl::Status appended = AppendPart(entry, part, piece); !appended.ok()) return appended;
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
