#include "crypto/note.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/crypto/vectors.h"

namespace sluis::crypto {
namespace {

using test::FromHex;

class SignedNote : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = test::LoadVectors("signed-note");
};

std::vector<std::string> Ids(const std::vector<NoteSignature>& signatures) {
  std::vector<std::string> out;
  for (const NoteSignature& signature : signatures) {
    Bytes id;
    AppendU32(id, signature.id);
    out.push_back(signature.name + "+" + HexEncode(id));
  }
  return out;
}

std::string Outcome(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return "ok";
    case absl::StatusCode::kInvalidArgument:
      return "malformed";
    case absl::StatusCode::kFailedPrecondition:
      return "ambiguous_key";
    case absl::StatusCode::kDataLoss:
      return "invalid_signature";
    case absl::StatusCode::kUnauthenticated:
      return "unverified";
    default:
      return "another error";
  }
}

TEST_F(SignedNote, Signing) {
  ASSERT_EQ(vectors_["signing"].size(), 1u);
  const auto& c = vectors_["signing"][0];
  const SigningKey key = SigningKey::FromSeed(
      Secret<32>::FromBytes(FromHex(c["seed_hex"].get<std::string>())).value());
  const Bytes text = FromHex(c["text"].get<std::string>());
  EXPECT_EQ(HexEncode(SignNote(text, "PeterNeumann", key).value()),
            c["want_note"].get<std::string>());

  ASSERT_EQ(vectors_["sign_refuse"].size(), 1u);
  for (const auto& refused : vectors_["sign_refuse"]) {
    EXPECT_FALSE(SignNote(FromHex(refused["text"].get<std::string>()), "PeterNeumann", key).ok());
  }
}

TEST_F(SignedNote, VerifierKeys) {
  size_t accepted = 0;
  size_t refused = 0;
  for (const auto& c : vectors_["vkeys"]) {
    const std::string text = c["vkey"].get<std::string>();
    const absl::StatusOr<VerifierKey> key = VerifierKey::Parse(text);
    EXPECT_EQ(key.ok(), c["ok"].get<bool>()) << text;
    ++(key.ok() ? accepted : refused);
    if (key.ok()) {
      EXPECT_EQ(key->Format(), text);
    }
  }
  EXPECT_EQ(accepted, 3u);
  EXPECT_EQ(refused, 5u);
}

// The property that golang.org/x/mod states for its own parser.
TEST_F(SignedNote, EveryMangledVerifierKeyIsRefused) {
  size_t keys = 0;
  for (const auto& c : vectors_["vkeys"]) {
    if (!c["ok"].get<bool>()) continue;
    ++keys;
    const std::string good = c["vkey"].get<std::string>();
    for (size_t from = 0; from < good.size(); ++from) {
      for (size_t to = from; to <= good.size(); ++to) {
        if (to - from == good.size()) continue;
        EXPECT_FALSE(VerifierKey::Parse(good.substr(from, to - from)).ok()) << from << ".." << to;
      }
    }
    for (size_t i = 0; i < good.size(); ++i) {
      std::string mangled = good;
      ++mangled[i];
      EXPECT_FALSE(VerifierKey::Parse(mangled).ok()) << mangled;
    }
  }
  EXPECT_EQ(keys, 3u);
}

TEST_F(SignedNote, Open) {
  std::map<std::string, size_t> outcomes;
  for (const auto& c : vectors_["open"]) {
    std::vector<VerifierKey> keys;
    for (const auto& vkey : c["vkeys"]) {
      keys.push_back(VerifierKey::Parse(vkey.get<std::string>()).value());
    }
    Bytes note;
    if (c.contains("note")) {
      note = FromHex(c["note"].get<std::string>());
    } else {
      ASSERT_EQ(c["note_template"], "text + newline + 101 x signature line");
      const Bytes single = FromHex(vectors_["signing"][0]["want_note"].get<std::string>());
      const size_t gap = single.rfind("\n\n") + 2;
      note = single.substr(0, gap);
      for (int i = 0; i < 101; ++i) note += single.substr(gap);
    }
    const absl::StatusOr<Note> opened = OpenNote(note, keys);
    EXPECT_EQ(Outcome(opened.status()), c["want"].get<std::string>()) << c["desc"];
    ++outcomes[Outcome(opened.status())];
    if (opened.ok()) {
      EXPECT_EQ(Ids(opened->verified), c["verified"].get<std::vector<std::string>>()) << c["desc"];
      EXPECT_EQ(Ids(opened->unverified), c["unverified"].get<std::vector<std::string>>())
          << c["desc"];
    } else if (c.contains("unverified")) {
      EXPECT_EQ(Ids(ParseUnverifiedNote(note).value().signatures),
                c["unverified"].get<std::vector<std::string>>());
    }
  }
  const std::map<std::string, size_t> wanted = {{"ok", 5},
                                                {"unverified", 1},
                                                {"ambiguous_key", 1},
                                                {"malformed", 8},
                                                {"invalid_signature", 1}};
  EXPECT_EQ(outcomes, wanted);
}

SigningKey NewKey() { return SigningKey::Generate(SystemRandom()); }

Bytes LinesOf(const Bytes& note) { return note.substr(note.rfind("\n\n") + 2); }

TEST(Note, OneHundredSignaturesAreAcceptedAndCountOnce) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("name", key.public_key()).value();
  const Bytes single = SignNote("text\n", "name", key).value();
  Bytes note = single;
  for (int i = 1; i < 100; ++i) note += LinesOf(single);
  const absl::StatusOr<Note> opened = OpenNote(note, {&verifier, 1});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->verified.size(), 1u) << "a quorum counts keys, not lines";
}

// A good line first must not let a bad one of the same key pass unseen.
TEST(Note, ABadRepeatOfAKnownKeyTaintsTheNote) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("name", key.public_key()).value();
  const Bytes note = SignNote("text\n", "name", key).value();
  const Bytes other = SignNote("other\n", "name", key).value();
  EXPECT_TRUE(OpenNote(note, {&verifier, 1}).ok());
  EXPECT_EQ(OpenNote(note + LinesOf(other), {&verifier, 1}).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(Note, SameNameOrSameIdAloneIsAnUnknownKey) {
  const SigningKey key = NewKey();
  const Bytes note = SignNote("text\n", "name", key).value();
  const VerifierKey same_name = VerifierKey::Create("name", NewKey().public_key()).value();
  const VerifierKey same_key = VerifierKey::Create("eman", key.public_key()).value();
  for (const VerifierKey& other : {same_name, same_key}) {
    EXPECT_EQ(OpenNote(note, {&other, 1}).status().code(), absl::StatusCode::kUnauthenticated);
  }
}

TEST(Note, TextMayHoldEmptyLinesAndSignatureLookalikes) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("name", key.public_key()).value();
  for (const Bytes& text :
       {Bytes("\n"), Bytes("a\n\nb\n"), Bytes("a\n\n"), SignNote("inner\n", "name", key).value()}) {
    const absl::StatusOr<Note> opened =
        OpenNote(SignNote(text, "name", key).value(), {&verifier, 1});
    ASSERT_TRUE(opened.ok()) << text;
    EXPECT_EQ(opened->text, text);
  }
}

TEST(Note, InjectionIsRefusedBeforeSigning) {
  const SigningKey key = NewKey();
  for (BytesView bad : {BytesView(""), BytesView("no line feed"), BytesView("a\r\n"),
                        BytesView("a\0\n", 3), BytesView("\xff\n"), BytesView("a\tb\n")}) {
    EXPECT_FALSE(SignNote(bad, "name", key).ok()) << HexEncode(bad);
  }
  for (const char* bad : {"", "two words", "plus+sign", "line\nfeed", "nbsp\xc2\xa0", "\xff"}) {
    EXPECT_FALSE(SignNote("text\n", bad, key).ok()) << bad;
    EXPECT_FALSE(VerifierKey::Create(bad, key.public_key()).ok()) << bad;
  }
}

TEST(Note, ABoundLimitsItsSize) {
  const SigningKey key = NewKey();
  EXPECT_FALSE(SignNote(Bytes(kMaxNoteSize, 'a') + "\n", "name", key).ok());
  EXPECT_FALSE(ParseUnverifiedNote(Bytes(kMaxNoteSize + 1, 'a')).ok());
}

TEST(Note, EveryChangedByteIsRefused) {
  const SigningKey key = NewKey();
  const VerifierKey verifier = VerifierKey::Create("name", key.public_key()).value();
  const Bytes note = SignNote("some text\n", "name", key).value();
  for (size_t i = 0; i < note.size(); ++i) {
    Bytes bad = note;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(OpenNote(bad, {&verifier, 1}).ok()) << i;
  }
}

}  // namespace
}  // namespace sluis::crypto
