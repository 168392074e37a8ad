#include "server/envelope/form.h"

namespace sluis::envelope {

bool AreHashes(const Repeated<std::string>& hashes, int most) {
  return hashes.size() <= most && std::all_of(hashes.begin(), hashes.end(), IsHash);
}

std::vector<crypto::Hash> ToHashes(const Repeated<std::string>& hashes) {
  std::vector<crypto::Hash> out;
  out.reserve(static_cast<size_t>(hashes.size()));
  for (const std::string& hash : hashes) {
    std::copy_n(hash.begin(), kHashBytes, out.emplace_back().begin());
  }
  return out;
}

bool IsCode(std::string_view text, size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c <= '~' && c != '"';
  });
}

bool AreSortedCodes(const Repeated<std::string>& codes, int most, size_t longest) {
  return codes.size() <= most &&
         std::all_of(codes.begin(), codes.end(),
                     [&](const std::string& code) { return IsCode(code, longest); }) &&
         std::adjacent_find(codes.begin(), codes.end(), std::greater_equal<>()) == codes.end();
}

bool ArePacks(const Repeated<record::v1::PackDigest>& packs) {
  return packs.size() == 2 && packs[0].layer() == "statutory" &&
         packs[1].layer() == "partnership" && IsHash(packs[0].digest()) &&
         IsHash(packs[1].digest());
}

}  // namespace sluis::envelope
