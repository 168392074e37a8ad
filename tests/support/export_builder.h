// Makes exports of a log for tests, without the code that writes or verifies them: plain vectors, a
// recursive tree, notes put together by hand. Written from docs/formats.md.
//
// Guarantee: the same generator state gives the same bytes. Not guaranteed: speed; or that the
// parts other than act are messages (no verifier reads them). Thread-safety: values.
#ifndef SLUIS_TESTS_SUPPORT_EXPORT_BUILDER_H_
#define SLUIS_TESTS_SUPPORT_EXPORT_BUILDER_H_

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/signature.h"

namespace sluis::tests {

using Generator = std::mt19937_64;

// Numbers of docs/formats.md.
inline constexpr uint8_t kClosed = 0;
inline constexpr uint8_t kOpen = 1;
inline constexpr uint8_t kErased = 2;
inline constexpr uint8_t kMissing = 3;
inline constexpr uint32_t kErasureOperation = 6;

struct BuiltPart {
  uint8_t state = kClosed;
  std::string salt;
  std::string bytes;
  uint64_t erased_by = 0;
};

struct BuiltEntry {
  bool hash_only = false;
  bool damaged = false;  // as hash_only, and said to be damaged
  uint32_t format = 1;
  uint32_t reserved = 0;
  uint64_t index = 0;
  uint64_t logged_at_us = 0;
  std::array<std::string, 5> commitments;
  std::array<BuiltPart, 5> parts;

  std::string Leaf() const;
  std::string LeafHash() const;
};

struct BuiltExport {
  std::string origin;
  std::string verifier_key;
  std::string checkpoint;
  uint64_t count = 0;
  uint8_t complete = 1;
  std::vector<BuiltEntry> entries;

  std::string Encode() const;
  // Root over the first `size` entries.
  std::string Root(uint64_t size) const;
};

std::string Commit(const std::string& origin, uint8_t part, const std::string& salt,
                   const std::string& bytes);

// Serialised ActPart that holds this operation and nothing else.
std::string ActBytes(uint32_t operation);

std::string RandomBytes(Generator& random, size_t size);
uint64_t Below(Generator& random, uint64_t bound);
crypto::SigningKey RandomKey(Generator& random);

// A note signed by hand; the three lines of a checkpoint; a verifier key as text.
std::string SignedNote(const std::string& name, const std::string& text,
                       const crypto::SigningKey& key);
std::string CheckpointText(const std::string& origin, uint64_t size, const std::string& root);
std::string VerifierKeyText(const std::string& origin, const crypto::SigningKey& key);
std::string SignedCheckpoint(const std::string& origin, uint64_t size, const std::string& root,
                             const crypto::SigningKey& key);

// Counts the entries anew and signs their root.
void Sign(BuiltExport& out, const crypto::SigningKey& key);

struct BuildOptions {
  size_t entries = 8;
  // Chance in 100 that a part is open; the rest is closed.
  uint64_t open_percent = 100;
  // Chance in 100 that an entry is given as a hash only; above 0 the export says it is incomplete.
  uint64_t hash_only_percent = 0;
  // Every seventh entry is an erasure that erased subject parts before it.
  bool erasures = true;
};

// A good export: verifies without findings.
BuiltExport BuildExport(Generator& random, const std::string& origin, const crypto::SigningKey& key,
                        const BuildOptions& options = {});

}  // namespace sluis::tests

#endif  // SLUIS_TESTS_SUPPORT_EXPORT_BUILDER_H_
