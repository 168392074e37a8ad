// One name of an organisation is a name everywhere: in certificates, in manifests, in the command,
// and in protocols with their signatures.
#include "policies/organisation_id.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "client/lib/signing.h"
#include "policies/protocol_signatures.h"
#include "policies/protocol_yaml.h"
#include "server/authn/identity.h"
#include "server/partnership/field_rules.h"
#include "tests/support/example_protocol.h"

namespace sluis::policies {
namespace {

// A protocol in which the third party has this name throughout.
bool InProtocol(const std::string& name) {
  std::string text = ExampleProtocolText();
  const std::string old = "pz-drie-sluizen.example";
  for (size_t at = 0; (at = text.find(old, at)) != std::string::npos; at += name.size() + 2) {
    // In an address or a contact it is text.
    if (text[at - 1] == '@' || text[at - 1] == '.') {
      text.replace(at, old.size(), "x");
    } else {
      text.replace(at, old.size(), "\"" + name + "\"");
    }
  }
  return ReadProtocol("p.yaml", text).protocol.has_value();
}

bool InSignatures(const std::string& name) {
  ProtocolSignatures signatures;
  signatures.signatures.push_back({name, "2026-08-20", {}});
  return ReadSignatures("s", signatures.Serialise()).ok();
}

void ExpectOneAnswer(const std::string& name) {
  const bool manifest = partnership::IsId(name);
  EXPECT_EQ(IsOrganisationId(name), manifest) << name;
  EXPECT_EQ(authn::IsOrganisationId(name), manifest) << name;
  EXPECT_EQ(client::IsOrganisationId(name), manifest) << name;
  EXPECT_EQ(InSignatures(name), manifest) << name;
}

TEST(OrganisationId, OnesThatWereTakenHereAndThereOnly) {
  for (const char* name :
       {"112.example", "3sluizen", "a-b", "ab", "abc", "a..b", "a.-b.c", "a-.b", ".abc", "abc.",
        "-abc", "abc-", "ABC", "a_b", "a b", "caf\xC3\xA9.example", "", "a.b"}) {
    ExpectOneAnswer(name);
    EXPECT_EQ(InProtocol(name), partnership::IsId(name)) << name;
  }
  for (const size_t size : {48U, 49U, 120U, 121U}) {
    const std::string name(size, 'a');
    ExpectOneAnswer(name);
    EXPECT_EQ(InProtocol(name), size <= 120) << size;
  }
}

RC_GTEST_PROP(OrganisationId, DrawnNamesHaveOneAnswer, ()) {
  const auto name = *rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{6, 'a'}, {3, '9'}, {3, '.'}, {3, '-'}, {1, 'A'}, {1, '_'}}));
  RC_ASSERT(IsOrganisationId(name) == partnership::IsId(name));
  RC_ASSERT(authn::IsOrganisationId(name) == partnership::IsId(name));
  RC_ASSERT(client::IsOrganisationId(name) == partnership::IsId(name));
  RC_ASSERT(InSignatures(name) == partnership::IsId(name));
}

// A clause names parties by name or by kind; where a name is a kind it would mean all of that kind.
TEST(OrganisationId, NoPartyHasTheNameOfAKind) {
  EXPECT_TRUE(InProtocol("welfares"));
  EXPECT_FALSE(InProtocol("welfare"));
}

}  // namespace
}  // namespace sluis::policies
