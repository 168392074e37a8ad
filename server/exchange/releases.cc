#include "server/exchange/releases.h"

#include "server/envelope/key_wrap.h"

namespace sluis::exchange {

absl::StatusOr<std::vector<std::string>> KeyLeaves(const std::vector<Release>& releases,
                                                   const std::string& sealing_key,
                                                   crypto::Random& random) {
  std::vector<envelope::KeyToSend> keys;
  for (const Release& release : releases) {
    keys.push_back({release.offer, release.offer_digest, release.receipt_digest, release.key,
                    release.identity_key ? &*release.identity_key : nullptr});
  }
  const auto sealed_to = crypto::ToFixed<32>(sealing_key);
  if (!sealed_to.ok()) return sealed_to.status();
  const auto wrapped = envelope::WrapKeys(keys, *sealed_to, random);
  if (!wrapped.ok()) return wrapped.status();
  std::vector<std::string> leaves;
  for (const peer::v1::Key& key : *wrapped) leaves.push_back(key.SerializeAsString());
  return leaves;
}

}  // namespace sluis::exchange
