#include "tests/support/export_builder.h"

#include <algorithm>

#include "crypto/hash.h"

namespace sluis::tests {
namespace {

std::string Digest(const std::string& bytes) {
  return std::string(crypto::View(crypto::Sha256(bytes)));
}

std::string BigEndian(uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::string Prefixed(const std::string& bytes) { return BigEndian(bytes.size(), 4) + bytes; }

// RFC 6962 section 2.1, as it is written there.
std::string TreeHash(const std::vector<std::string>& leaves, size_t from, size_t until) {
  const size_t size = until - from;
  if (size == 0) return Digest("");
  if (size == 1) return leaves[from];
  size_t split = 1;
  while (split * 2 < size) split *= 2;
  return Digest("\x01" + TreeHash(leaves, from, from + split) +
                TreeHash(leaves, from + split, until));
}

std::string KeyId(const std::string& origin, const std::string& typed_key) {
  return Digest(origin + "\n" + typed_key).substr(0, 4);
}

std::string TypedKey(const crypto::SigningKey& key) {
  return "\x01" + std::string(crypto::View(key.public_key()));
}

}  // namespace

std::string BuiltEntry::Leaf() const {
  std::string out = BigEndian(format, 4) + BigEndian(reserved, 4) + BigEndian(index, 8) +
                    BigEndian(logged_at_us, 8);
  for (const std::string& commitment : commitments) out += commitment;
  return out;
}

std::string BuiltEntry::LeafHash() const { return Digest(std::string(1, '\0') + Leaf()); }

std::string BuiltExport::Encode() const {
  std::string out = "sluis-export/v1\n" + Prefixed(origin) + Prefixed(verifier_key) +
                    Prefixed(checkpoint) + BigEndian(count, 8) + BigEndian(complete, 1);
  for (const BuiltEntry& entry : entries) {
    if (entry.hash_only || entry.damaged) {
      out += (entry.damaged ? "\x03" : "\x02") + entry.LeafHash();
      continue;
    }
    out += "\x01" + entry.Leaf();
    for (const BuiltPart& part : entry.parts) {
      out += BigEndian(part.state, 1);
      if (part.state == kOpen) out += part.salt + Prefixed(part.bytes);
      if (part.state == kErased) out += BigEndian(part.erased_by, 8);
    }
  }
  return out;
}

std::string BuiltExport::Root(uint64_t size) const {
  std::vector<std::string> leaves;
  for (size_t i = 0; i < size; ++i) leaves.push_back(entries[i].LeafHash());
  return TreeHash(leaves, 0, leaves.size());
}

std::string Commit(const std::string& origin, uint8_t part, const std::string& salt,
                   const std::string& bytes) {
  return Digest("sluis/part/v1" + Prefixed(origin) + BigEndian(part, 1) + salt + Prefixed(bytes));
}

std::string ActBytes(uint32_t operation) {
  // Field 1, wire type varint.
  return std::string("\x08") + static_cast<char>(operation);
}

std::string RandomBytes(Generator& random, size_t size) {
  std::string out(size, '\0');
  for (char& byte : out) byte = static_cast<char>(random());
  return out;
}

uint64_t Below(Generator& random, uint64_t bound) { return random() % bound; }

crypto::SigningKey RandomKey(Generator& random) {
  std::string seed = RandomBytes(random, 32);
  return crypto::SigningKey::FromSeed(*crypto::Secret<32>::FromBytes(std::move(seed)));
}

std::string VerifierKeyText(const std::string& origin, const crypto::SigningKey& key) {
  const std::string typed = TypedKey(key);
  return origin + "+" + crypto::HexEncode(KeyId(origin, typed)) + "+" + crypto::Base64Encode(typed);
}

std::string SignedNote(const std::string& name, const std::string& text,
                       const crypto::SigningKey& key) {
  const std::string signature(crypto::View(key.Sign(text)));
  return text + "\n\xe2\x80\x94 " + name + " " +
         crypto::Base64Encode(KeyId(name, TypedKey(key)) + signature) + "\n";
}

std::string CheckpointText(const std::string& origin, uint64_t size, const std::string& root) {
  return origin + "\n" + std::to_string(size) + "\n" + crypto::Base64Encode(root) + "\n";
}

std::string SignedCheckpoint(const std::string& origin, uint64_t size, const std::string& root,
                             const crypto::SigningKey& key) {
  return SignedNote(origin, CheckpointText(origin, size, root), key);
}

void Sign(BuiltExport& out, const crypto::SigningKey& key) {
  out.count = out.entries.size();
  out.checkpoint = SignedCheckpoint(out.origin, out.count, out.Root(out.count), key);
}

BuiltExport BuildExport(Generator& random, const std::string& origin, const crypto::SigningKey& key,
                        const BuildOptions& options) {
  BuiltExport out;
  out.origin = origin;
  out.verifier_key = VerifierKeyText(origin, key);
  out.complete = options.hash_only_percent == 0 ? 1 : 0;
  uint64_t time_us = 1'790'000'000'000'000;
  for (size_t i = 0; i < options.entries; ++i) {
    BuiltEntry entry;
    entry.index = i;
    // Several entries share a tick.
    time_us += Below(random, 3) * 1'000'000;
    entry.logged_at_us = time_us;
    const bool erasure = options.erasures && i % 7 == 6;
    entry.hash_only = Below(random, 100) < options.hash_only_percent;
    for (uint8_t part = 1; part <= 5; ++part) {
      BuiltPart& built = entry.parts[part - 1u];
      built.state = Below(random, 100) < options.open_percent ? kOpen : kClosed;
      built.salt = RandomBytes(random, 32);
      built.bytes = RandomBytes(random, Below(random, 4) == 0 ? 0 : Below(random, 90));
      if (part == 1) {
        built.bytes =
            ActBytes(erasure ? kErasureOperation : 1 + static_cast<uint32_t>(Below(random, 5)));
      }
      entry.commitments[part - 1u] = Commit(origin, part, built.salt, built.bytes);
    }
    out.entries.push_back(entry);
    if (!erasure) continue;
    for (size_t earlier = i - 6; earlier < i; earlier += 2) {
      BuiltPart& subject = out.entries[earlier].parts[2];
      subject = {kErased, "", "", i};
    }
  }
  Sign(out, key);
  return out;
}

}  // namespace sluis::tests
