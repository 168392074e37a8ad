#include "tests/support/export_tamper.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sluis::tests {
namespace {

void FlipIn(std::string& bytes, Generator& random) {
  bytes[Below(random, bytes.size())] ^= static_cast<char>(1 << Below(random, 8));
}

// An open part of some entry with at least one byte; makes one when there is none.
BuiltPart& SomeOpenPart(BuiltExport& out, size_t entry, const crypto::SigningKey& key,
                        Generator& random) {
  BuiltEntry& chosen = out.entries[entry];
  chosen.hash_only = false;
  const auto place = static_cast<size_t>(Below(random, 5));
  BuiltPart& part = chosen.parts[place];
  if (part.state != kOpen || part.bytes.empty()) {
    part = {kOpen, RandomBytes(random, 32), place == 0 ? ActBytes(3) : RandomBytes(random, 20), 0};
    chosen.commitments[place] =
        Commit(out.origin, static_cast<uint8_t>(place + 1), part.salt, part.bytes);
    Sign(out, key);
  }
  return part;
}

// Of an export built with erasures: every seventh entry is one.
size_t LastErasure(const BuiltExport& out) {
  const size_t last = out.entries.size() - 1;
  return last - (last + 1) % 7;
}

std::string Signed(BuiltExport& out, const crypto::SigningKey& key) {
  Sign(out, key);
  return out.Encode();
}

}  // namespace

std::string_view WayName(Way way) {
  static constexpr std::array<std::string_view, static_cast<size_t>(Way::kWayCount)> kNames = {
      "none",
      "leaf byte",
      "part byte",
      "salt byte",
      "removed",
      "repeated",
      "swapped",
      "index gap",
      "time back",
      "count",
      "root",
      "signature",
      "wrong key",
      "other origin",
      "erased by other",
      "erased by earlier",
      "erased outside",
      "erased part",
      "erased parts",
      "missing",
      "trailing",
      "truncated",
      "flipped byte",
      "hash only",
      "damaged",
      "leaf format",
      "rewritten",
      "header byte",
      "bad key",
      "bad checkpoint",
      "bad state"};
  return kNames[static_cast<size_t>(way)];
}

Tampered Tamper(Way way, BuiltExport good, const crypto::SigningKey& key, Generator& random) {
  BuiltExport& out = good;
  const auto at = static_cast<size_t>(1 + Below(random, out.entries.size() - 2));
  BuiltEntry& entry = out.entries[at];
  std::string bytes;
  switch (way) {
    case Way::kLeafByte:
      entry.hash_only = false;
      FlipIn(entry.commitments[Below(random, 5)], random);
      break;
    case Way::kPartByte:
      FlipIn(SomeOpenPart(out, at, key, random).bytes, random);
      break;
    case Way::kSaltByte:
      FlipIn(SomeOpenPart(out, at, key, random).salt, random);
      break;
    case Way::kRemoved:
      out.entries.erase(out.entries.begin() + static_cast<std::ptrdiff_t>(at));
      --out.count;
      break;
    case Way::kRepeated:
      out.entries.insert(out.entries.begin() + static_cast<std::ptrdiff_t>(at),
                         BuiltEntry(out.entries[at]));
      ++out.count;
      break;
    case Way::kSwapped:
      std::swap(out.entries[at], out.entries[at + 1]);
      break;
    case Way::kIndexGap:
      for (size_t i = at; i < out.entries.size(); ++i) ++out.entries[i].index;
      return {Signed(out, key), at};
    case Way::kTimeBack:
      entry.hash_only = false;
      entry.logged_at_us = out.entries[0].logged_at_us - 1'000'000;
      return {Signed(out, key), at};
    case Way::kCount:
      out.checkpoint = SignedCheckpoint(out.origin, out.count + 1, out.Root(out.count), key);
      break;
    case Way::kRoot:
      out.checkpoint = SignedCheckpoint(out.origin, out.count, RandomBytes(random, 32), key);
      break;
    case Way::kSignature: {
      // A character of the base64 well inside the signature, replaced by another of the alphabet.
      char& digit = out.checkpoint[out.checkpoint.size() - 20 - Below(random, 40)];
      digit = digit == 'A' ? 'B' : 'A';
      break;
    }
    case Way::kWrongKey:
      Sign(out, RandomKey(random));
      break;
    case Way::kOtherOrigin:
      out.checkpoint =
          SignedCheckpoint("elsewhere.example/log", out.count, out.Root(out.count), key);
      break;
    case Way::kErasedByOther:
      entry.hash_only = false;
      entry.parts[2] = {kErased, "", "", at};
      entry.parts[0] = {kOpen, RandomBytes(random, 32), ActBytes(4), 0};
      entry.commitments[0] = Commit(out.origin, 1, entry.parts[0].salt, entry.parts[0].bytes);
      return {Signed(out, key), at};
    case Way::kErasedByEarlier:
      entry.hash_only = false;
      entry.parts[2] = {kErased, "", "", at - 1};
      break;
    case Way::kErasedOutside:
      entry.hash_only = false;
      entry.parts[2] = {kErased, "", "", out.count};
      break;
    case Way::kErasedPart: {
      static constexpr std::array<size_t, 4> kKept = {0, 1, 3, 4};
      const size_t erasure = LastErasure(out);
      const size_t before = Below(random, erasure);
      out.entries[before].hash_only = false;
      out.entries[before].parts[kKept[Below(random, kKept.size())]] = {kErased, "", "", erasure};
      return {out.Encode(), before};
    }
    case Way::kErasedParts: {
      const size_t erasure = LastErasure(out);
      for (size_t before = 0; before < erasure; ++before) {
        for (const size_t place : {size_t{0}, size_t{1}, size_t{3}}) {
          out.entries[before].parts[place] = {kErased, "", "", erasure};
        }
      }
      // Given as a hash it would show no part at all.
      out.entries[0].hash_only = false;
      return {out.Encode(), 0};
    }
    case Way::kMissingPart:
      entry.hash_only = false;
      entry.parts[Below(random, 5)] = {kMissing, "", "", 0};
      break;
    case Way::kTrailing:
      return {out.Encode() + RandomBytes(random, 1 + Below(random, 9)), at};
    case Way::kTruncated:
      bytes = out.Encode();
      bytes.resize(Below(random, bytes.size()));
      return {bytes, at};
    case Way::kFlippedByte:
      bytes = out.Encode();
      FlipIn(bytes, random);
      return {bytes, at};
    case Way::kHashOnly:
      entry.hash_only = true;
      out.complete = 1;
      break;
    case Way::kDamaged:
      entry.damaged = true;
      break;
    case Way::kLeafFormat:
      entry.hash_only = false;
      entry.format = 2;
      return {Signed(out, key), at};
    case Way::kRewritten: {
      entry.hash_only = false;
      BuiltPart& part = entry.parts[3];
      part = {kOpen, RandomBytes(random, 32), RandomBytes(random, 12), 0};
      entry.commitments[3] = Commit(out.origin, 4, part.salt, part.bytes);
      return {Signed(out, key), at};
    }
    case Way::kHeaderByte:
      bytes = out.Encode();
      bytes[Below(random, 350)] ^= static_cast<char>(1 << Below(random, 8));
      return {bytes, at};
    case Way::kBadKey:
      out.verifier_key[out.origin.size() + 1] ^= 1;
      break;
    case Way::kBadCheckpoint:
      out.checkpoint = SignedNote(
          out.origin, CheckpointText(out.origin, out.count, out.Root(out.count)) + "more\n", key);
      break;
    case Way::kBadState:
      entry.hash_only = false;
      entry.parts[Below(random, 5)].state = static_cast<uint8_t>(4 + Below(random, 252));
      break;
    case Way::kNone:
    case Way::kWayCount:
      break;
  }
  return {out.Encode(), at};
}

}  // namespace sluis::tests
