#include "crypto/hpke.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/crypto/vectors.h"

namespace sluis::crypto::hpke {
namespace {

using test::FromHex;

class Rfc9180 : public ::testing::Test {
 protected:
  Bytes Setup(const char* name) const {
    return FromHex(vectors_["setup"][name].get<std::string>());
  }
  KeyPair Recipient() const { return DeriveKeyPair(Setup("ikmR")); }
  // The ephemeral key follows from its input key material, so the whole exchange can be repeated.
  Sender SetupSender() const {
    test::FixedRandom random(Setup("ikmE"));
    return SetupBaseS(Recipient().public_key, Setup("info"), random).value();
  }

  const nlohmann::json vectors_ = test::LoadVectors("rfc9180-base-x25519-sha256-chacha20poly1305");
};

TEST_F(Rfc9180, DeriveKeyPair) {
  for (const char* who : {"E", "R"}) {
    const std::string suffix = std::string(who) + "m";
    const KeyPair pair = DeriveKeyPair(Setup((std::string("ikm") + who).c_str()));
    EXPECT_EQ(View(pair.private_key.expose()), Setup(("sk" + suffix).c_str()));
    EXPECT_EQ(View(pair.public_key), Setup(("pk" + suffix).c_str()));
    EXPECT_EQ(PublicKeyOf(pair.private_key), pair.public_key);
  }
}

TEST_F(Rfc9180, EncryptionsAtEverySequenceNumber) {
  Sender sender = SetupSender();
  EXPECT_EQ(View(sender.encapsulation), Setup("enc"));
  RecipientContext recipient =
      SetupBaseR(sender.encapsulation, Recipient().private_key, Setup("info")).value();

  std::map<uint64_t, nlohmann::json> wanted;
  for (const auto& c : vectors_["encryptions"]) {
    wanted[std::stoull(c["sequence_number"].get<std::string>())] = c;
  }
  ASSERT_EQ(wanted.size(), 6u);
  size_t checked = 0;
  for (uint64_t sequence = 0; sequence <= wanted.rbegin()->first; ++sequence) {
    const auto found = wanted.find(sequence);
    if (found == wanted.end()) {
      const Bytes between = sender.context.Seal("", "between").value();
      EXPECT_EQ(recipient.Open("", between).value(), "between");
      continue;
    }
    const Bytes plaintext = FromHex(found->second["pt"].get<std::string>());
    const Bytes aad = FromHex(found->second["aad"].get<std::string>());
    const Bytes ciphertext = sender.context.Seal(aad, plaintext).value();
    EXPECT_EQ(HexEncode(ciphertext), found->second["ct"].get<std::string>()) << sequence;
    EXPECT_EQ(recipient.Open(aad, ciphertext).value(), plaintext) << sequence;
    ++checked;
  }
  EXPECT_EQ(checked, 6u);
}

TEST_F(Rfc9180, ExportsOnBothSides) {
  const Sender sender = SetupSender();
  const RecipientContext recipient =
      SetupBaseR(sender.encapsulation, Recipient().private_key, Setup("info")).value();
  size_t checked = 0;
  for (const auto& c : vectors_["exports"]) {
    const Bytes context = FromHex(c["exporter_context"].get<std::string>());
    for (const Context* side :
         {static_cast<const Context*>(&sender.context), static_cast<const Context*>(&recipient)}) {
      std::vector<uint8_t> out(std::stoull(c["L"].get<std::string>()));
      ASSERT_TRUE(side->Export(context, out).ok());
      EXPECT_EQ(HexEncode(View(std::span<const uint8_t>(out))),
                c["exported_value"].get<std::string>());
    }
    ++checked;
  }
  EXPECT_EQ(checked, 3u);
  std::vector<uint8_t> too_long(255 * 32 + 1);
  EXPECT_FALSE(sender.context.Export("", too_long).ok());
}

TEST(Hpke, AFailedOpenDoesNotAdvance) {
  const KeyPair recipient = GenerateKeyPair(SystemRandom());
  Sender sender = SetupBaseS(recipient.public_key, "info", SystemRandom()).value();
  RecipientContext opener = SetupBaseR(sender.encapsulation, recipient.private_key, "info").value();
  const Bytes first = sender.context.Seal("ad", "one").value();
  const Bytes second = sender.context.Seal("ad", "two").value();
  EXPECT_EQ(opener.Open("ad", second).status().code(), absl::StatusCode::kDataLoss)
      << "out of order";
  EXPECT_EQ(opener.Open("da", first).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(opener.Open("ad", "short").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(opener.Open("ad", first).value(), "one");
  EXPECT_EQ(opener.Open("ad", first).status().code(), absl::StatusCode::kDataLoss) << "replayed";
  EXPECT_EQ(opener.Open("ad", second).value(), "two");
}

TEST(Hpke, AnotherRecipientOrInfoDoesNotOpen) {
  const KeyPair right = GenerateKeyPair(SystemRandom());
  const KeyPair wrong = GenerateKeyPair(SystemRandom());
  Sender sender = SetupBaseS(right.public_key, "info", SystemRandom()).value();
  const Bytes sealed = sender.context.Seal("", "secret").value();
  EXPECT_FALSE(
      SetupBaseR(sender.encapsulation, wrong.private_key, "info").value().Open("", sealed).ok());
  EXPECT_FALSE(
      SetupBaseR(sender.encapsulation, right.private_key, "ofni").value().Open("", sealed).ok());
  EXPECT_TRUE(
      SetupBaseR(sender.encapsulation, right.private_key, "info").value().Open("", sealed).ok());
}

TEST(Hpke, KeysOpenIntoLockedMemory) {
  const KeyPair recipient = GenerateKeyPair(SystemRandom());
  Sender sender = SetupBaseS(recipient.public_key, "", SystemRandom()).value();
  RecipientContext opener = SetupBaseR(sender.encapsulation, recipient.private_key, "").value();
  const Bytes sealed = sender.context.Seal("ad", Bytes(32, 'k')).value();
  EXPECT_EQ(opener.OpenKey("ad", sealed.substr(1)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(opener.OpenKey("da", sealed).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(View(opener.OpenKey("ad", sealed).value().expose()), Bytes(32, 'k'));
}

// The points of order 1, 2, 4 and 8 and their spellings above p (RFC 7748 section 6.1, curve25519
// list).
TEST(Hpke, LowOrderPointsAreRefused) {
  const char* points[] = {
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  };
  const KeyPair recipient = GenerateKeyPair(SystemRandom());
  for (const char* hex : points) {
    const PublicKey point = ToFixed<32>(FromHex(hex)).value();
    EXPECT_EQ(SetupBaseS(point, "", SystemRandom()).status().code(),
              absl::StatusCode::kInvalidArgument)
        << hex;
    EXPECT_EQ(SetupBaseR(point, recipient.private_key, "").status().code(),
              absl::StatusCode::kInvalidArgument)
        << hex;
  }
}

}  // namespace
}  // namespace sluis::crypto::hpke
