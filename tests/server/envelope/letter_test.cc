// The form of a letter: a message of a ceremony on its way, about no record.

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "server/envelope/leaf.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "tests/server/envelope/fault_matchers.h"

namespace sluis::envelope {
namespace {

using peer::v1::CeremonyLetter;
using peer::v1::ENVELOPE_KIND_CEREMONY;

void Name(CeremonyLetter& letter) {
  letter.mutable_binding()->set_exchange_id(
      std::string(crypto::View(LetterId(letter.binding().recipient(), letter.message()))));
}

CeremonyLetter Good() {
  CeremonyLetter letter;
  peer::v1::Binding& binding = *letter.mutable_binding();
  binding.set_kind(ENVELOPE_KIND_CEREMONY);
  binding.set_partnership("vaartland.example");
  binding.set_sender("een.example");
  binding.set_recipient("twee.example");
  letter.set_message("een bericht");
  Name(letter);
  return letter;
}

std::string Read(const CeremonyLetter& letter) {
  return Word(ReadLeaf(ENVELOPE_KIND_CEREMONY, letter.SerializeAsString()));
}

TEST(LetterTest, EachFaultIsRefused) {
  ASSERT_EQ(Read(Good()), "ok");
  struct Spoilt {
    const char* name;
    std::function<void(CeremonyLetter&)> spoil;
    const char* word = "malformed";
  };
  const std::vector<Spoilt> wrong = {
      {"no binding", [](auto& m) { m.clear_binding(); }, "binding"},
      {"another kind",
       [](auto& m) { m.mutable_binding()->set_kind(peer::v1::ENVELOPE_KIND_NOTICE); }, "binding"},
      {"no partnership", [](auto& m) { m.mutable_binding()->clear_partnership(); }},
      {"upper case", [](auto& m) { m.mutable_binding()->set_sender("Een.example"); }},
      {"another recipient", [](auto& m) { m.mutable_binding()->set_recipient("drie.example"); }},
      {"another message", [](auto& m) { m.set_message("een ander bericht"); }},
      {"another id", [](auto& m) { m.mutable_binding()->set_exchange_id(std::string(16, 'x')); }},
      {"of a record", [](auto& m) { m.mutable_binding()->set_terms_digest(std::string(32, 'x')); }},
      {"in exercise", [](auto& m) { m.mutable_binding()->set_exercise(true); }},
      {"to itself",
       [](auto& m) {
         m.mutable_binding()->set_recipient("een.example");
         Name(m);
       }},
      {"no message",
       [](auto& m) {
         m.clear_message();
         Name(m);
       }},
      {"too long",
       [](auto& m) {
         m.set_message(std::string(kMaxLetterMessageBytes + 1, 'x'));
         Name(m);
       }},
  };
  for (const auto& [name, spoil, word] : wrong) {
    CeremonyLetter letter = Good();
    spoil(letter);
    EXPECT_EQ(Read(letter), word) << name;
  }
  CeremonyLetter longest = Good();
  longest.set_message(std::string(kMaxLetterMessageBytes, 'x'));
  Name(longest);
  EXPECT_EQ(Read(longest), "ok");
}

TEST(LetterTest, TheIdFollowsFromRecipientAndMessage) {
  EXPECT_EQ(LetterId("een.example", "a"), LetterId("een.example", "a"));
  EXPECT_NE(LetterId("een.example", "a"), LetterId("twee.example", "a"));
  EXPECT_NE(LetterId("een.example", "a"), LetterId("een.example", "b"));
  EXPECT_NE(LetterId("een.examplea", ""), LetterId("een.example", "a"));
}

// It answers nothing, and no Refusal names it.
TEST(LetterTest, ItIsNoPartOfAnExchange) {
  EXPECT_TRUE(IsKnownKind(ENVELOPE_KIND_CEREMONY));
  EXPECT_FALSE(CrossesSuspension(ENVELOPE_KIND_CEREMONY));
  const auto leaf = ReadLeaf(ENVELOPE_KIND_CEREMONY, Good().SerializeAsString());
  ASSERT_TRUE(leaf.ok());
  peer::v1::Binding offer = Good().binding();
  offer.set_kind(peer::v1::ENVELOPE_KIND_OFFER);
  offer.set_terms_digest(std::string(32, 'x'));
  EXPECT_EQ(Word(CheckAnswers(*leaf, offer)), "other_exchange");
}

}  // namespace
}  // namespace sluis::envelope
