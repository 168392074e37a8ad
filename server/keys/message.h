// Signed messages of a ceremony: reading, signing, and tying them to a participant.
//
// Guarantee: a Message is within bounds and in its one encoding, and its body is the one that the
// head names. A VerifiedMessage was signed, for this ceremony, by a key that the manifest gives the
// participant named; only Verify makes one. So whoever alters or carries a message can make it be
// refused, and never make its sender be blamed.
// Not guaranteed: that the body is of form: one that is not is its sender's fault and evidence of
// it. Nor that it is the only one its sender signed for that round.
// Thread-safety: values; functions are pure. Errors: kInvalidArgument for form, kPermissionDenied
// for a message of another ceremony, of nobody who takes part, or that its sender did not sign.
#ifndef SLUIS_SERVER_KEYS_MESSAGE_H_
#define SLUIS_SERVER_KEYS_MESSAGE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/signature.h"
#include "server/keys/parameters.h"
#include "sluis/peer/v1/ceremony.pb.h"

namespace sluis::keys {

using Round = peer::v1::CeremonyRound;

// Of the five rounds and of MISSING.
inline constexpr size_t kMaxBodyBytes = 48 << 10;
// Of ABORT, which carries messages as evidence.
inline constexpr size_t kMaxAbortBytes = 152 << 10;
inline constexpr size_t kMaxCeremonyMessageBytes = 156 << 10;

struct Message {
  peer::v1::CeremonyHead head;
  std::string head_bytes;  // as signed
  std::string body;        // empty when only head and signature were handed over as evidence
  std::string signature;

  std::string Serialise() const;
};

absl::StatusOr<Message> ReadMessage(crypto::BytesView bytes);

// For which ceremony and session a message is; the session is empty where the form says so.
struct MessageContext {
  std::string_view partnership;
  const crypto::Hash& ceremony;
  std::string_view session;
};
Message SignMessage(const MessageContext& context, Round round, std::string_view sender,
                    std::string body, const crypto::SigningKey& identity);
// The head and signature of another's message that a third repeats.
Message RepeatedMessage(const MessageContext& context, Round round, std::string_view sender,
                        const peer::v1::HeldMessage& held);

class VerifiedMessage {
 public:
  const Message& message() const { return message_; }
  MemberIndex sender() const { return sender_; }
  Round round() const { return message_.head.round(); }

  // One that this participant has made itself, with whatever key: nobody has to believe it.
  static VerifiedMessage OfOwn(Message message, MemberIndex self) {
    return VerifiedMessage(std::move(message), self);
  }

 private:
  friend absl::StatusOr<VerifiedMessage> Verify(Message, const Parameters&, const Roster&);
  VerifiedMessage(Message message, MemberIndex sender)
      : message_(std::move(message)), sender_(sender) {}

  Message message_;
  MemberIndex sender_;
};

absl::StatusOr<VerifiedMessage> Verify(Message message, const Parameters& parameters,
                                       const Roster& roster);

// By which a participant takes back what it proposed, or does not take part any more: an ABORT that
// names nobody but its sender. kFailedPrecondition when the manifest of the ceremony gives the
// sender another key than this one: nobody would believe it.
absl::StatusOr<VerifiedMessage> SignCancellation(const Parameters& parameters, const Roster& roster,
                                                 std::string_view sender, Round round,
                                                 const crypto::SigningKey& identity);

// Whether it is one.
bool IsCancellation(const VerifiedMessage& message);
// Whether that key signed the head, for who does not know the ceremony yet: not whether the key may
// speak in it.
bool IsSignedBy(const Message& message, const crypto::PublicKey& key);

// The parameters that an announcement carries, for who has not heard of its ceremony: the body is
// read, and that the head names their id. kInvalidArgument for every other message.
absl::StatusOr<Parameters> AnnouncedParameters(const Message& message);

}  // namespace sluis::keys

#endif  // SLUIS_SERVER_KEYS_MESSAGE_H_
