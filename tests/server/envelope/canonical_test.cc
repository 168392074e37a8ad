#include "server/envelope/canonical.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/peer.pb.h"

namespace sluis::envelope {
namespace {

using peer::v1::EnvelopeHead;
using std::string_literals::operator""s;

bool Reads(const std::string& bytes, size_t max = 100) {
  EnvelopeHead head;
  return ReadCanonical(bytes, max, head);
}

TEST(CanonicalTest, OneEncodingOnly) {
  EnvelopeHead head;
  head.set_version(1);
  head.set_partnership("ab");
  const std::string good = head.SerializeAsString();
  ASSERT_EQ(good, "\x08\x01\x1a\x02"s + "ab");
  EXPECT_TRUE(Reads(good));
  EXPECT_TRUE(Reads(""));
  EXPECT_TRUE(Reads(good, good.size()));
  EXPECT_FALSE(Reads(good, good.size() - 1));
  const std::pair<const char*, std::string> wrong[] = {
      {"another order", "\x1a\x02"s + "ab" + "\x08\x01"},
      {"twice", "\x08\x01"s + good},
      {"a longer integer", "\x08\x81\x00\x1a\x02"s + "ab"},
      {"a default written out", good + "\x20\x00"s},
      {"an unknown field", good + "\x78\x01"s},
      {"cut short", good.substr(0, good.size() - 1)},
      {"text that is no UTF-8", "\x08\x01\x1a\x02\xff\xff"s},
      {"another wire type", "\x0d\x01\x00\x00\x00"s},
  };
  for (const auto& [name, bytes] : wrong) EXPECT_FALSE(Reads(bytes)) << name;
}

TEST(CanonicalTest, UnknownFieldsInsideAreSeen) {
  peer::v1::DeliverRequest request;
  request.mutable_envelope()->set_head("x");
  std::string bytes = request.SerializeAsString();
  ASSERT_TRUE(ReadCanonical(bytes, 100, request));
  bytes += "\x78\x01"s;
  bytes[1] = static_cast<char>(bytes[1] + 2);
  EXPECT_FALSE(ReadCanonical(bytes, 100, request));
}

// Each place where a message may lie: a field, an element of a list, and what lies in those.
TEST(CanonicalTest, AnUnknownFieldIsSeenAtEveryDepth) {
  peer::v1::Offer offer;
  for (const char* name : {"a", "b"}) offer.add_fields()->set_name(name);
  offer.mutable_user()->mutable_statement()->set_statement("s");
  ASSERT_TRUE(ReadCanonical(offer.SerializeAsString(), 100, offer));
  const auto add = [](google::protobuf::Message& message) {
    message.GetReflection()->MutableUnknownFields(&message)->AddVarint(99, 1);
  };
  const std::pair<const char*, std::function<void(peer::v1::Offer&)>> places[] = {
      {"outside", [&](peer::v1::Offer& o) { add(o); }},
      {"in a field", [&](peer::v1::Offer& o) { add(*o.mutable_user()); }},
      {"in a field of it",
       [&](peer::v1::Offer& o) { add(*o.mutable_user()->mutable_statement()); }},
      {"in the first of a list", [&](peer::v1::Offer& o) { add(*o.mutable_fields(0)); }},
      {"in the last of a list", [&](peer::v1::Offer& o) { add(*o.mutable_fields(1)); }},
  };
  for (const auto& [name, put] : places) {
    peer::v1::Offer changed = offer;
    put(changed);
    peer::v1::Offer read;
    EXPECT_FALSE(ReadCanonical(changed.SerializeAsString(), 100, read)) << name;
  }
}

}  // namespace
}  // namespace sluis::envelope
