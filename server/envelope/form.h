// Form of the small values that messages between nodes are made of.
//
// Guarantee: bounds and alphabets of proto/sluis/peer/v1. Not guaranteed: that a word is in a
// pack's vocabulary, or that a digest is of anything. Thread-safety: pure.
#ifndef SLUIS_SERVER_ENVELOPE_FORM_H_
#define SLUIS_SERVER_ENVELOPE_FORM_H_

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "sluis/record/v1/entry.pb.h"

namespace sluis::envelope {

using ExchangeId = crypto::FixedBytes<16>;

inline constexpr size_t kExchangeIdBytes = 16;
inline constexpr size_t kHashBytes = 32;
inline constexpr size_t kSignatureBytes = 64;
// Path in a tree of at most 256 leaves.
inline constexpr int kMaxShortPath = 8;

template <typename Item>
using Repeated = google::protobuf::RepeatedPtrField<Item>;

inline bool IsExchangeId(std::string_view bytes) { return bytes.size() == kExchangeIdBytes; }
inline bool IsHash(std::string_view bytes) { return bytes.size() == kHashBytes; }
inline bool IsHashOrEmpty(std::string_view bytes) { return bytes.empty() || IsHash(bytes); }

// At most `most` hashes.
bool AreHashes(const Repeated<std::string>& hashes, int most);
// The same as arrays; every item must be a hash.
std::vector<crypto::Hash> ToHashes(const Repeated<std::string>& hashes);

// 1 to `most` printable ASCII characters without space and quotation mark.
bool IsCode(std::string_view text, size_t most = 64);

// At most `most` codes of at most `longest` characters, strictly ascending.
bool AreSortedCodes(const Repeated<std::string>& codes, int most, size_t longest);

// Exactly the layers "statutory" and "partnership", in this order.
bool ArePacks(const Repeated<record::v1::PackDigest>& packs);

}  // namespace sluis::envelope

#endif  // SLUIS_SERVER_ENVELOPE_FORM_H_
