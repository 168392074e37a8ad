// The page for strangers, its vectors and the code say the same.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "server/envelope/content.h"
#include "server/envelope/field_commitment.h"
#include "server/envelope/leaf.h"
#include "server/envelope/leaf_tree.h"
#include "server/envelope/signed_conditions.h"
#include "server/envelope/terms.h"
#include "server/envelope/user_signature.h"
#include "tests/support/places.h"

namespace sluis::envelope {
namespace {

std::string FileText(const std::string& name) {
  std::ifstream in(tests::InSources("/") + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string FromHex(const nlohmann::json& value) {
  return crypto::HexDecode(value.get<std::string>()).value();
}

template <size_t N>
crypto::FixedBytes<N> Fixed(const nlohmann::json& value) {
  return crypto::ToFixed<N>(FromHex(value)).value();
}

crypto::Secret<32> Key(const nlohmann::json& value) {
  return crypto::Secret<32>::FromBytes(FromHex(value)).value();
}

std::string Hex(const crypto::Hash& hash) { return crypto::HexEncode(crypto::View(hash)); }

class ExchangeFormatsTest : public ::testing::Test {
 protected:
  const nlohmann::json vectors_ = nlohmann::json::parse(FileText("tests/vectors/exchange.json"));
  const std::string page_ = FileText("docs/formats.md");
};

TEST_F(ExchangeFormatsTest, WhatAPersonSigns) {
  const auto exchange = Fixed<16>(vectors_["exchange_id"]);
  record::v1::SignalContent content;
  content.set_category("gedrag-online");
  content.set_onlife(record::v1::ONLIFE_BOTH);
  Repeated<peer::v1::FieldCommitment> fields;
  for (const auto& field : vectors_["fields"]) {
    const auto value = FieldValue(content, field["name"].get<std::string>());
    EXPECT_EQ(value, FromHex(field["value"]));
    const auto commitment = FieldCommitmentOf(exchange, field["name"].get<std::string>(),
                                              Fixed<32>(field["salt"]), *value);
    EXPECT_EQ(Hex(commitment), field["commitment"]);
    auto* one = fields.Add();
    one->set_name(field["name"].get<std::string>());
    one->set_commitment(std::string(crypto::View(commitment)));
  }
  EXPECT_EQ(Hex(FieldsRoot(fields)), vectors_["fields_root"]);

  const auto& token = vectors_["case_token"];
  const crypto::Hash case_token =
      CaseToken(Key(token["key"]), token["partnership"].get<std::string>(),
                token["recipient"].get<std::string>(), token["case"].get<std::string>());
  EXPECT_EQ(Hex(case_token), token["token"]);
  peer::v1::Conditions conditions;
  ASSERT_TRUE(conditions.ParseFromString(FromHex(vectors_["conditions"]["bytes"])));
  EXPECT_EQ(Hex(ConditionsDigest(conditions)), vectors_["conditions"]["digest"]);
  const StatementItem first{exchange, std::string(crypto::View(case_token)), FieldsRoot(fields),
                            ConditionsDigest(conditions)};
  EXPECT_EQ(crypto::HexEncode(first.Bytes()), vectors_["items"][0]);
  StatementItem second{{}, "", FieldsRoot({})};
  second.exchange.fill(0x23);
  EXPECT_EQ(crypto::HexEncode(second.Bytes()), vectors_["items"][1]);
  EXPECT_EQ(Hex(LeafTree(std::vector{first.Bytes(), second.Bytes()}).Root()),
            vectors_["items_root"]);
}

TEST_F(ExchangeFormatsTest, DigestsAndKeyCommitment) {
  const auto& key = vectors_["key_commitment"];
  EXPECT_EQ(Hex(KeyCommitment(Key(key["key"]), FromHex(vectors_["exchange_id"]))),
            key["commitment"]);
  const auto& digests = vectors_["digests"];
  EXPECT_EQ(Hex(TermsDigest(FromHex(digests["bytes"]))), digests["terms"]);
  EXPECT_EQ(Hex(LeafDigest(FromHex(digests["bytes"]))), digests["leaf"]);
}

TEST_F(ExchangeFormatsTest, PageShowsTheVectors) {
  for (const nlohmann::json& value :
       {vectors_["fields"][0]["commitment"], vectors_["fields"][1]["commitment"],
        vectors_["fields_root"], vectors_["case_token"]["token"], vectors_["items_root"],
        vectors_["conditions"]["bytes"], vectors_["conditions"]["digest"],
        vectors_["key_commitment"]["commitment"], vectors_["digests"]["terms"],
        vectors_["digests"]["leaf"]}) {
    EXPECT_NE(page_.find(value.get<std::string>()), std::string::npos) << value;
  }
}

}  // namespace
}  // namespace sluis::envelope
