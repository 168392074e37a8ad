#include "server/keys/message.h"

#include <algorithm>
#include <utility>

#include "crypto/hash.h"
#include "server/authn/identity.h"
#include "server/envelope/canonical.h"
#include "server/envelope/form.h"
#include "server/keys/bodies.h"

namespace sluis::keys {
namespace {

constexpr std::string_view kLabel = "sluis/ceremony/v1";
constexpr size_t kMaxHeadBytes = 512;

absl::Status Malformed() {
  return absl::InvalidArgumentError(
      "the message of a ceremony is not of the form agreed; bring both nodes to the same version, "
      "and report it to the partner that sent it");
}

absl::Status Refused(const char* text) { return absl::PermissionDeniedError(text); }

// Whether the head must say for which session.
bool HasSession(Round round) {
  return round >= peer::v1::CEREMONY_ROUND_COMMIT && round <= peer::v1::CEREMONY_ROUND_CONFIRM;
}

bool IsHeadOfForm(const peer::v1::CeremonyHead& head) {
  return head.version() == kCeremonyVersion && authn::IsOrganisationId(head.partnership()) &&
         envelope::IsHash(head.ceremony()) &&
         head.session().size() == (HasSession(head.round()) ? envelope::kHashBytes : 0) &&
         head.round() != peer::v1::CEREMONY_ROUND_UNSPECIFIED &&
         peer::v1::CeremonyRound_IsValid(head.round()) && authn::IsOrganisationId(head.sender()) &&
         envelope::IsHash(head.body_digest());
}

std::string Signed(std::string_view head) { return crypto::Lp(kLabel) + std::string(head); }

peer::v1::CeremonyHead HeadOf(const MessageContext& context, Round round, std::string_view sender,
                              crypto::BytesView body_digest) {
  peer::v1::CeremonyHead head;
  head.set_version(kCeremonyVersion);
  head.set_partnership(std::string(context.partnership));
  head.set_ceremony(std::string(crypto::View(context.ceremony)));
  if (HasSession(round)) head.set_session(std::string(context.session));
  head.set_round(round);
  head.set_sender(std::string(sender));
  head.set_body_digest(std::string(body_digest));
  return head;
}

}  // namespace

std::string Message::Serialise() const {
  peer::v1::CeremonyMessage out;
  out.set_head(head_bytes);
  out.set_body(body);
  out.set_signature(signature);
  return out.SerializeAsString();
}

absl::StatusOr<Message> ReadMessage(crypto::BytesView bytes) {
  peer::v1::CeremonyMessage proto;
  Message out;
  if (!envelope::ReadCanonical(bytes, kMaxCeremonyMessageBytes, proto) ||
      !envelope::ReadCanonical(proto.head(), kMaxHeadBytes, out.head) || !IsHeadOfForm(out.head) ||
      proto.signature().size() != envelope::kSignatureBytes) {
    return Malformed();
  }
  const bool abort = out.head.round() == peer::v1::CEREMONY_ROUND_ABORT;
  if (proto.body().size() > (abort ? kMaxAbortBytes : kMaxBodyBytes)) return Malformed();
  if (!proto.body().empty() &&
      crypto::View(crypto::Sha256(proto.body())) != crypto::BytesView(out.head.body_digest())) {
    return Malformed();
  }
  out.head_bytes = std::move(*proto.mutable_head());
  out.body = std::move(*proto.mutable_body());
  out.signature = std::move(*proto.mutable_signature());
  return out;
}

Message SignMessage(const MessageContext& context, Round round, std::string_view sender,
                    std::string body, const crypto::SigningKey& identity) {
  Message out;
  const crypto::Hash digest = crypto::Sha256(body);
  out.head = HeadOf(context, round, sender, crypto::View(digest));
  out.head_bytes = out.head.SerializeAsString();
  out.body = std::move(body);
  out.signature = std::string(crypto::View(identity.Sign(Signed(out.head_bytes))));
  return out;
}

Message RepeatedMessage(const MessageContext& context, Round round, std::string_view sender,
                        const peer::v1::HeldMessage& held) {
  Message out;
  out.head = HeadOf(context, round, sender, held.body_digest());
  out.head_bytes = out.head.SerializeAsString();
  out.signature = held.signature();
  return out;
}

absl::StatusOr<VerifiedMessage> Verify(Message message, const Parameters& parameters,
                                       const Roster& roster) {
  if (message.head.partnership() != parameters.partnership ||
      message.head.ceremony() != crypto::View(parameters.id)) {
    return Refused("the message is of another ceremony; this one does not act on it");
  }
  const Participant* sender = roster.Find(message.head.sender());
  if (sender == nullptr) {
    return Refused("the sender takes no part in the ceremony; it does not act on the message");
  }
  const std::string statement = Signed(message.head_bytes);
  const bool holds = std::any_of(sender->keys.begin(), sender->keys.end(), [&](const auto& key) {
    return crypto::Verify(key, statement, message.signature);
  });
  if (!holds) {
    return Refused(
        "no key of the sender that is valid for the ceremony signed this; send the message again");
  }
  return VerifiedMessage(std::move(message), sender->index);
}

absl::StatusOr<VerifiedMessage> SignCancellation(const Parameters& parameters, const Roster& roster,
                                                 std::string_view sender, Round round,
                                                 const crypto::SigningKey& identity) {
  const Participant* self = roster.Find(sender);
  peer::v1::CeremonyAbort body;
  body.set_ground(peer::v1::CEREMONY_GROUND_CANCELLED);
  if (self != nullptr) body.add_culprits(self->index);
  body.set_round(round);
  absl::StatusOr<VerifiedMessage> message = Verify(
      SignMessage({parameters.partnership, parameters.id, {}}, peer::v1::CEREMONY_ROUND_ABORT,
                  sender, body.SerializeAsString(), identity),
      parameters, roster);
  if (message.ok()) return message;
  return absl::FailedPreconditionError(
      "the others cannot be told: the identity key of this node is not the one that the manifest "
      "of the ceremony gives it; tell them yourself");
}

bool IsCancellation(const VerifiedMessage& message) {
  if (message.round() != peer::v1::CEREMONY_ROUND_ABORT) return false;
  const auto body = ReadAbort(message.message().body);
  return body && body->ground() == peer::v1::CEREMONY_GROUND_CANCELLED &&
         body->evidence().empty() && body->culprits(0) == message.sender();
}

bool IsSignedBy(const Message& message, const crypto::PublicKey& key) {
  return crypto::Verify(key, Signed(message.head_bytes), message.signature);
}

absl::StatusOr<Parameters> AnnouncedParameters(const Message& message) {
  if (message.head.round() != peer::v1::CEREMONY_ROUND_ANNOUNCE) {
    return absl::InvalidArgumentError(
        "only an announcement carries the parameters of its ceremony; ask its sender for that");
  }
  const auto announce = ReadAnnounce(message.body);
  if (!announce) return Malformed();
  absl::StatusOr<Parameters> parameters = ReadParameters(announce->parameters());
  if (!parameters.ok()) return parameters;
  if (crypto::View(parameters->id) != crypto::BytesView(message.head.ceremony()) ||
      parameters->partnership != message.head.partnership()) {
    return Malformed();
  }
  return parameters;
}

}  // namespace sluis::keys
