// The element of one match key, as the node keeps it that owns the record: sealed, and never given
// away. What leaves is a tag (tags.h).
//
// Guarantee: what ReadKeptElement returns is of form, its element canonical and not the identity,
// and its plain form is that of PlainFormOf, byte for byte. Elements lie in locked, wiped memory,
// plain forms in wiped memory. Not guaranteed: that the plain form is sealed: who stores it seals
// it under the key of who the record is about, so that it dies with that. Time depends on lengths
// only. Thread-safety: pure. Errors: kInvalidArgument, naming nothing of the content. Source:
// "Tags" in docs/formats.md.
#ifndef SLUIS_SERVER_EVALUATION_KEPT_ELEMENT_H_
#define SLUIS_SERVER_EVALUATION_KEPT_ELEMENT_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/group.h"
#include "server/evaluation/tags.h"
#include "server/identity/key_kind.h"
#include "server/identity/wiped_text.h"

namespace sluis::evaluation {

struct KeptElement {
  std::string partnership;
  std::string purpose;
  crypto::Hash key_id{};
  identity::KeyKind kind = identity::KeyKind::kNameAndDate;
  crypto::oprf::SecretElement element;
};

// The longest plain form.
inline constexpr size_t kMaxKeptBytes = 1024;

identity::WipedText PlainFormOf(const KeptElement& kept);
absl::StatusOr<KeptElement> ReadKeptElement(crypto::BytesView plain);
// Under what it is stored: lp(record) || key id || lp(id type).
std::string KeptKeyOf(std::string_view record, const KeptElement& kept);

// What the recipients of one share tag are told when its key was rolled to the next epoch: the one
// that they have, and the one that takes its place.
struct ReissuedTag {
  std::string recipient;
  Tag before{};
  Tag after{};
};
// `after` is what `before` became under the next key. kInvalidArgument when they are not of one
// partnership, purpose and kind, or of one key.
absl::StatusOr<std::vector<ReissuedTag>> ReissueShareTags(const KeptElement& before,
                                                          const KeptElement& after,
                                                          std::span<const std::string> recipients);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_KEPT_ELEMENT_H_
