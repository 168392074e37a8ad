// Three organisations form a partnership by handing each other files, as they would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "client/lib/key_file.h"
#include "client/lib/own_files.h"
#include "client/lib/partnership_files.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Words = std::vector<std::string>;

constexpr char kToday[] = "2025-11-21";
constexpr char kCaw[] = "caw-de-overzet.example";
constexpr char kTown[] = "lindervaart.example";
constexpr char kPolice[] = "pz-drie-sluizen.example";
const std::string kPacks = tests::InSources("/policies/packs/");  // NOLINT: tests only

class PartnershipTest : public testing::Test {
 protected:
  void SetUp() override {
    MakeNode("caw", kCaw, "welfare");
    MakeNode("town", kTown, "municipality");
    MakeNode("police", kPolice, "police-zone");
  }

  std::string Path(const std::string& name) { return folder_.PathOf(name); }
  std::string Config(const std::string& node) { return Path(node + "/sluisd.yaml"); }

  void MakeNode(const std::string& node, const std::string& organisation, const char* kind) {
    const Ended made = RunSluis({"node",
                                 "init",
                                 "--folder",
                                 Path(node),
                                 "--organisation",
                                 organisation,
                                 "--kind",
                                 kind,
                                 "--host",
                                 "Rekencentrum Vaartland",
                                 "--listen",
                                 "127.0.0.1:8443",
                                 "--address",
                                 organisation + ":8443",
                                 "--statutory-pack",
                                 kPacks + "statutory.be.yaml",
                                 "--partnership-pack",
                                 kPacks + "livc-r.vaartland.yaml",
                                 "--administrator-id",
                                 "beheer",
                                 "--yes"},
                                "", Path(node + ".profiles"));
    ASSERT_EQ(made.exit, Exit::kDone) << made.err;
  }
  Ended Do(Words words, const std::string& input = "") {
    words.insert(words.begin(), "partnership");
    return RunSluis(words, input);
  }
  Ended Member(const std::string& node, const std::string& out, const Words& more = {}) {
    Words words = {"member",       "--config",        Config(node), "--name",
                   "Lid " + node,  "--mandate-until", "2030-11-20", "--address",
                   node + ":8444", "--out",           Path(out)};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }
  void MakeMembers() {
    for (const char* node : {"caw", "town", "police"}) {
      const Ended made = Member(node, std::string(node) + ".member");
      ASSERT_EQ(made.exit, Exit::kDone) << made.err;
    }
  }
  Ended Draft(const std::string& out, const Words& members, const Words& more = {}) {
    Words words = {"draft"};
    for (const std::string& member : members) words.push_back(Path(member));
    for (const std::string& word :
         {std::string("--statutory"), kPacks + "statutory.be.yaml", std::string("--partnership"),
          kPacks + "livc-r.vaartland.yaml", std::string("--out"), Path(out)}) {
      words.push_back(word);
    }
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }
  const Words first_ = {
      "--id", "livc-r.vaartland.example", "--name", "LIVC R Vaartland", "--state", "exercise"};
  Words Sign(const std::string& node, const std::string& draft, const std::string& out) {
    return {"sign",  Path(draft), "--config", Config(node), "--member", Path(node + ".member"),
            "--out", Path(out)};
  }
  Ended SignYes(const std::string& node, const std::string& draft, const std::string& out,
                const Words& more = {}) {
    Words words = Sign(node, draft, out);
    words.push_back("--yes");
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }
  Ended Assemble(const Words& files, const std::string& out, const Words& more = {}) {
    Words words = {"assemble"};
    for (const std::string& file : files) words.push_back(Path(file));
    words.insert(words.end(), {"--out", Path(out)});
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }
  // All of it, up to the first manifest.
  void MakeFirst() {
    MakeMembers();
    ASSERT_EQ(Draft("1.draft", {"caw.member", "town.member", "police.member"}, first_).exit,
              Exit::kDone);
    for (const char* node : {"caw", "town", "police"}) {
      const Ended ended = SignYes(node, "1.draft", std::string("1.") + node);
      ASSERT_EQ(ended.exit, Exit::kDone) << ended.err;
    }
    const Ended ended = Assemble({"1.caw", "1.town", "1.police"}, "1.manifest");
    ASSERT_EQ(ended.exit, Exit::kDone) << ended.err;
  }
  partnership::SignedManifest Read(const std::string& name) {
    auto manifest = client::ReadManifestFile(Path(name));
    EXPECT_TRUE(manifest.ok()) << name;
    return manifest.ok() ? std::move(*manifest) : partnership::SignedManifest();
  }
  // A copy of the draft with something changed by whoever hands it on, in a form that reads well.
  void Change(const std::string& from, const std::string& to,
              const std::function<void(record::v1::Manifest&)>& change) {
    record::v1::Manifest proto;
    ASSERT_TRUE(proto.ParseFromString(Read(from).manifest.bytes));
    change(proto);
    record::v1::SignedManifest whole;
    whole.set_manifest(proto.SerializeAsString());
    Write(to, whole.SerializeAsString());
  }
  void Write(const std::string& name, const std::string& bytes) {
    ASSERT_FALSE(client::WriteNew(Path(name), bytes, client::FileMode::kPublic).has_value());
  }
  std::string Bytes(const std::string& name) {
    const auto bytes = client::ReadWhole(Path(name), 1 << 20);
    EXPECT_TRUE(bytes.ok());
    return bytes.ok() ? *bytes : std::string();
  }

  tests::TempFolder folder_;
};

TEST_F(PartnershipTest, TheZoneIsSaidShownAndOptional) {
  MakeMembers();
  const Ended in_zone = Member("town", "town.zone", {"--zone", "drie-sluizen"});
  ASSERT_EQ(in_zone.exit, Exit::kDone) << in_zone.err;
  EXPECT_THAT(in_zone.out, HasSubstr("  politiezone: drie-sluizen"));
  const Ended draft = Draft("1.draft", {"town.zone", "police.member", "caw.member"}, first_);
  ASSERT_EQ(draft.exit, Exit::kDone) << draft.err;
  EXPECT_THAT(draft.out, HasSubstr("  politiezone: drie-sluizen"));
  EXPECT_THAT(draft.out, HasSubstr("  politiezone: niet gezegd"));
  EXPECT_EQ(Read("1.draft").manifest.Find(kTown)->zone, "drie-sluizen");
  const Ended shown = Do({"show", Path("1.draft"), "--json"});
  EXPECT_THAT(shown.out, HasSubstr("drie-sluizen"));
  // A later statement in another zone is a change that people see.
  ASSERT_EQ(Member("town", "town.moved", {"--zone", "heidezoom"}).exit, Exit::kDone);
  const Ended next = Draft("2.draft", {"town.moved"}, {"--follows", Path("1.draft")});
  ASSERT_EQ(next.exit, Exit::kDone) << next.err;
  EXPECT_THAT(next.out, testing::ContainsRegex("politiezone.*drie-sluizen.*heidezoom"));
  // Two words are no zone.
  const Ended wrong = Member("town", "town.wrong", {"--zone", "drie sluizen"});
  EXPECT_EQ(wrong.exit, Exit::kUsage);
  EXPECT_THAT(wrong.err, HasSubstr("zone"));
}

TEST_F(PartnershipTest, TwoRoundsMakeACompleteManifest) {
  MakeMembers();
  const Ended draft = Draft("1.draft", {"town.member", "police.member", "caw.member"}, first_);
  ASSERT_EQ(draft.exit, Exit::kDone) << draft.err;
  EXPECT_THAT(draft.out, HasSubstr("LIVC R Vaartland (livc-r.vaartland.example), manifest 1, "
                                   "toestand: oefening"));
  // What people compare over a second channel is there for each member.
  const partnership::Manifest manifest = Read("1.draft").manifest;
  for (const partnership::Member& member : manifest.members) {
    EXPECT_THAT(draft.out, HasSubstr(member.ca_fingerprint()));
    EXPECT_THAT(draft.out,
                HasSubstr(member.KeysFor(crypto::KeyPurpose::kIdentity, kToday)[0]->id()));
  }
  EXPECT_THAT(draft.err, HasSubstr("tweede weg"));

  for (const char* node : {"police", "caw", "town"}) {
    const Ended ended = Do(Sign(node, "1.draft", std::string("1.") + node), "ja\n");
    ASSERT_EQ(ended.exit, Exit::kDone) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("toestand: oefening"));
    EXPECT_THAT(ended.err, HasSubstr("regels van de wet: statutory.be versie "));
    EXPECT_THAT(ended.err, HasSubstr("regels van de samenwerking: livc-r.vaartland versie "));
    EXPECT_THAT(ended.err, HasSubstr("Lid police (pz-drie-sluizen.example), politiezone"));
    EXPECT_THAT(ended.err, HasSubstr("Lid caw (caw-de-overzet.example), welzijnsorganisatie"));
    EXPECT_THAT(ended.err, HasSubstr("  onder beroepsgeheim"));
  }
  const Ended whole = Assemble({"1.draft", "1.town", "1.police", "1.caw"}, "1.manifest");
  ASSERT_EQ(whole.exit, Exit::kDone) << whole.err;
  const partnership::SignedManifest made = Read("1.manifest");
  EXPECT_EQ(made.manifest.bytes, manifest.bytes);
  EXPECT_EQ(made.signatures.size(), 3u);
  EXPECT_THAT(partnership::MissingSignatures(made, nullptr, kToday), IsEmpty());

  const Ended shown = Do({"show", Path("1.manifest")});
  EXPECT_EQ(shown.exit, Exit::kDone);
  EXPECT_THAT(shown.out, HasSubstr("  heeft getekend"));
  EXPECT_THAT(shown.err, HasSubstr("OEFENING")) << "the manifest says so";
  EXPECT_THAT(shown.out, Not(HasSubstr("nog niet")));
  const Json json = Json::parse(Do({"show", Path("1.manifest"), "--json"}).out);
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["state"], "exercise");
  EXPECT_EQ(json["members"][0]["organisation"], kCaw);
  EXPECT_EQ(json["members"][0]["signed"], true);
  EXPECT_TRUE(json["missing"].empty());
}

TEST_F(PartnershipTest, ADraftMayGoFromHandToHand) {
  MakeMembers();
  Draft("1.draft", {"town.member", "police.member", "caw.member"}, first_);
  ASSERT_EQ(SignYes("town", "1.draft", "1.one").exit, Exit::kDone);
  ASSERT_EQ(SignYes("caw", "1.one", "1.two").exit, Exit::kDone);
  const Ended last = SignYes("police", "1.two", "1.three", {"--json"});
  ASSERT_EQ(last.exit, Exit::kDone);
  EXPECT_TRUE(Json::parse(last.out)["missing"].empty());
  EXPECT_EQ(Assemble({"1.three"}, "1.manifest").exit, Exit::kDone);
  EXPECT_EQ(Bytes("1.manifest"), Bytes("1.three"));
}

TEST_F(PartnershipTest, WhoIsMissingIsNamedAndNothingWritten) {
  MakeMembers();
  Draft("1.draft", {"town.member", "police.member", "caw.member"}, first_);
  SignYes("town", "1.draft", "1.town");
  const Ended ended = Assemble({"1.draft", "1.town"}, "1.manifest");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr(kCaw));
  EXPECT_THAT(ended.out, HasSubstr(kPolice));
  EXPECT_THAT(ended.out, Not(HasSubstr(kTown)));
  EXPECT_FALSE(client::Exists(Path("1.manifest")));
  const Ended json = Assemble({"1.town"}, "1.manifest", {"--json"});
  EXPECT_EQ(json.exit, Exit::kFinding);
  EXPECT_EQ(Json::parse(json.out)["missing"], Json({kCaw, kPolice}));
  EXPECT_THAT(Do({"show", Path("1.town")}).out, HasSubstr("heeft nog niet geldig getekend"));
}

TEST_F(PartnershipTest, NothingIsSignedWithoutAYes) {
  MakeMembers();
  Draft("1.draft", {"town.member", "caw.member"}, first_);
  for (const char* answer : {"nee\n", "\n", ""}) {
    EXPECT_EQ(Do(Sign("caw", "1.draft", "1.caw"), answer).exit, Exit::kUsage);
    EXPECT_FALSE(client::Exists(Path("1.caw")));
  }
}

TEST_F(PartnershipTest, StepsInAnotherOrderAreRefused) {
  MakeMembers();
  // A draft of others, and before there is one.
  Draft("others.draft", {"town.member", "police.member"}, first_);
  EXPECT_THAT(SignYes("caw", "others.draft", "x").err, HasSubstr("is geen lid in dit ontwerp"));
  EXPECT_THAT(SignYes("caw", "caw.member", "x").err, HasSubstr("is geen manifest"));
  EXPECT_THAT(SignYes("caw", "nothing", "x").err, HasSubstr("is er niet"));
  // With the statement of another, and with one made before the keys were renewed.
  Words words = Sign("caw", "others.draft", "x");
  words[5] = Path("town.member");
  words.push_back("--yes");
  EXPECT_THAT(Do(words).err, HasSubstr("klopt niet meer met deze node: organisation"));
  // A draft of drafts; one member; a member twice; nothing at all.
  EXPECT_EQ(Draft("x", {"others.draft", "caw.member"}, first_).exit, Exit::kUsage);
  EXPECT_THAT(Draft("x", {"caw.member"}, first_).err, HasSubstr("members must be 2 to 64"));
  EXPECT_THAT(Draft("x", {"caw.member", "caw.member"}, first_).err,
              HasSubstr("twee verklaringen van caw-de-overzet.example"));
  EXPECT_THAT(Draft("x", {"caw.member", "town.member"}).err, HasSubstr("--id ontbreekt"));
  EXPECT_EQ(Assemble({"caw.member"}, "x").exit, Exit::kUsage);
  EXPECT_FALSE(client::Exists(Path("x")));
  // What exists is not replaced.
  EXPECT_THAT(Draft("others.draft", {"caw.member", "town.member"}, first_).err,
              HasSubstr("bestaat al"));
  EXPECT_THAT(Member("caw", "caw.member").err, HasSubstr("bestaat al"));
}

TEST_F(PartnershipTest, AStatementMustObeyTheRules) {
  EXPECT_THAT(Member("caw", "x", {"--address", "nergens"}).err, HasSubstr("host:port"));
  EXPECT_THAT(Member("caw", "x", {"--host", "a\nb"}).err, HasSubstr("host must have"));
  EXPECT_EQ(Do({"member", "--config", Config("caw"), "--name", "x", "--mandate-until", "morgen",
                "--out", Path("x")})
                .exit,
            Exit::kUsage);
  EXPECT_THAT(Do({"member", "--config", kPacks + "node.caw.yaml", "--name", "x", "--mandate-until",
                  "2030-11-20", "--out", Path("x")})
                  .err,
              HasSubstr("«organisation»"));
  EXPECT_FALSE(client::Exists(Path("x")));
}

TEST_F(PartnershipTest, AStatementThatWasTouchedIsRefused) {
  MakeMembers();
  record::v1::SignedMember touched;
  ASSERT_TRUE(touched.ParseFromString(Bytes("caw.member")));
  record::v1::Member statement;
  ASSERT_TRUE(statement.ParseFromString(touched.member()));
  statement.set_addresses(0, "elders.example:8444");
  touched.set_member(statement.SerializeAsString());
  Write("touched.member", touched.SerializeAsString());
  EXPECT_THAT(Draft("x", {"touched.member", "town.member"}, first_).err,
              HasSubstr("niet getekend met een identiteitssleutel die erin staat"));
  Write("short.member", Bytes("caw.member").substr(1));
  EXPECT_THAT(Draft("x", {"short.member", "town.member"}, first_).err,
              HasSubstr("geen verklaring van een lid"));
}

TEST_F(PartnershipTest, WhoDraftsCannotPutAnotherStatementInOnesPlace) {
  MakeMembers();
  MakeNode("impostor", kCaw, "welfare");
  Member("impostor", "impostor.member");
  ASSERT_EQ(Draft("forged.draft", {"impostor.member", "town.member"}, first_).exit, Exit::kDone);
  EXPECT_THAT(SignYes("caw", "forged.draft", "x").err, HasSubstr("een andere verklaring"));
  // Nor with another address, or years more for a key.
  Draft("1.draft", {"caw.member", "town.member"}, first_);
  Change("1.draft", "moved.draft", [](record::v1::Manifest& manifest) {
    record::v1::Member member;
    ASSERT_TRUE(member.ParseFromString(manifest.members(0)));
    member.set_addresses(0, "elders.example:8444");
    manifest.set_members(0, member.SerializeAsString());
  });
  EXPECT_THAT(SignYes("caw", "moved.draft", "x").err, HasSubstr("een andere verklaring"));
  EXPECT_FALSE(client::Exists(Path("x")));
}

TEST_F(PartnershipTest, OtherRulesThanTheOwnAreNotSigned) {
  MakeMembers();
  Draft("1.draft", {"caw.member", "town.member"}, first_);
  for (const int layer : {0, 1}) {
    const std::string name = "other." + std::to_string(layer);
    Change("1.draft", name, [&](record::v1::Manifest& manifest) {
      manifest.mutable_packs(layer)->mutable_digest()->at(0) ^= 1;
    });
    const Ended ended = SignYes("caw", name, "x");
    EXPECT_EQ(ended.exit, Exit::kUsage);
    EXPECT_THAT(ended.err, HasSubstr(layer == 0 ? "noemt andere regels van de wet"
                                                : "noemt andere regels van de samenwerking"));
  }
  EXPECT_FALSE(client::Exists(Path("x")));
}

TEST_F(PartnershipTest, SignaturesOfAnotherDraftOrTouchedOnesDoNotCount) {
  MakeMembers();
  Draft("1.draft", {"caw.member", "town.member"}, first_);
  Draft("2.draft", {"caw.member", "town.member", "police.member"}, first_);
  SignYes("caw", "1.draft", "1.caw");
  SignYes("town", "1.draft", "1.town");
  SignYes("town", "2.draft", "2.town");
  EXPECT_THAT(Assemble({"1.caw", "2.town"}, "x").err, HasSubstr("hoort bij een ander ontwerp"));

  record::v1::SignedManifest touched;
  ASSERT_TRUE(touched.ParseFromString(Bytes("1.town")));
  touched.mutable_signatures(0)->mutable_signature()->at(5) ^= 1;
  Write("touched.town", touched.SerializeAsString());
  const Ended ended = Assemble({"1.caw", "touched.town"}, "x");
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.err, HasSubstr("klopt de handtekening van lindervaart.example niet"));
  EXPECT_THAT(ended.out, HasSubstr(kTown));
  // One that holds beside it, in either order, is enough.
  EXPECT_EQ(Assemble({"touched.town", "1.town", "1.caw"}, "1.manifest").exit, Exit::kDone);
  EXPECT_EQ(Assemble({"1.town", "1.caw", "touched.town"}, "1.again").exit, Exit::kDone);
}

TEST_F(PartnershipTest, TheNextManifestShowsWhatItChanges) {
  MakeFirst();
  const Words follows = {"--follows", Path("1.manifest")};
  Words change = follows;
  change.insert(change.end(), {"--state", "active", "--without", kPolice});
  const Ended draft = Draft("2.draft", {}, change);
  ASSERT_EQ(draft.exit, Exit::kDone) << draft.err;
  for (const char* line :
       {"verandert: livc-r.vaartland.example, toestand: «oefening» wordt «in werking»",
        "verandert: pz-drie-sluizen.example gaat eruit", "volgt op manifest 1: "}) {
    EXPECT_THAT(draft.out, HasSubstr(line));
  }
  EXPECT_THAT(SignYes("caw", "2.draft", "x").err, HasSubstr("Geef met --follows"));
  for (const char* node : {"caw", "town"}) {
    const Ended ended = SignYes(node, "2.draft", std::string("2.") + node, follows);
    ASSERT_EQ(ended.exit, Exit::kDone) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("«oefening» wordt «in werking»"));
  }
  EXPECT_THAT(Assemble({"2.caw", "2.town"}, "x").err, HasSubstr("Geef met --follows"));
  ASSERT_EQ(Assemble({"2.caw", "2.town"}, "2.manifest", follows).exit, Exit::kDone);
  EXPECT_THAT(Do({"show", Path("2.manifest"), "--follows", Path("1.manifest")}).out,
              HasSubstr("gaat eruit"));
  // Who signed a later one cannot be told without the one before.
  const Ended alone = Do({"show", Path("2.manifest")});
  EXPECT_EQ(alone.exit, Exit::kDone);
  EXPECT_THAT(alone.out, Not(HasSubstr("getekend")));
  EXPECT_THAT(alone.err, HasSubstr("geef het met --follows"));
  EXPECT_TRUE(Json::parse(Do({"show", Path("2.manifest"), "--json"}).out)["missing"].is_null());

  EXPECT_THAT(alone.err, Not(HasSubstr("OEFENING")));

  // Never back from active; no version skipped; no other branch.
  const Words active = {"--follows", Path("2.manifest")};
  Words back = active;
  back.insert(back.end(), {"--state", "exercise"});
  EXPECT_THAT(Draft("x", {}, back).err, HasSubstr("Terug naar voorbereiding of oefening kan niet"));
  Words other = active;
  other.insert(other.end(), {"--id", "elders.example"});
  EXPECT_THAT(Draft("x", {}, other).err, HasSubstr("andere samenwerking"));
  const Ended same = Draft("3.draft", {}, active);
  ASSERT_EQ(same.exit, Exit::kDone);
  EXPECT_THAT(same.out, HasSubstr("verandert niets behalve het nummer"));
  EXPECT_THAT(SignYes("caw", "3.draft", "x", follows).err,
              HasSubstr("Manifest 3 volgt niet op manifest 1"));
  Draft("branch.draft", {}, follows);
  SignYes("caw", "branch.draft", "b.caw", follows);
  SignYes("town", "branch.draft", "b.town", follows);
  SignYes("police", "branch.draft", "b.police", follows);
  ASSERT_EQ(Assemble({"b.caw", "b.town", "b.police"}, "branch.manifest", follows).exit,
            Exit::kDone);
  EXPECT_THAT(SignYes("caw", "3.draft", "x", {"--follows", Path("branch.manifest")}).err,
              HasSubstr("volgt op een ander manifest 2"));
  EXPECT_FALSE(client::Exists(Path("x")));
}

TEST_F(PartnershipTest, WhoDraftsCannotReplaceKeysAndSignInAMembersPlace) {
  MakeFirst();
  const Words follows = {"--follows", Path("1.manifest")};
  MakeNode("impostor", kPolice, "police-zone");
  ASSERT_EQ(Member("impostor", "impostor.member").exit, Exit::kDone);
  const Ended draft = Draft("2.draft", {"impostor.member"}, follows);
  ASSERT_EQ(draft.exit, Exit::kDone);
  EXPECT_THAT(draft.out, HasSubstr("pz-drie-sluizen.example krijgt sleutel"));
  EXPECT_THAT(draft.out, HasSubstr("pz-drie-sluizen.example verliest sleutel"));
  EXPECT_THAT(draft.out, HasSubstr("pz-drie-sluizen.example, vingerafdruk van de CA"));
  // Not with --follows, and without it the command does not sign a second version; so by hand.
  EXPECT_THAT(SignYes("impostor", "2.draft", "x", follows).err,
              HasSubstr("geen identiteitssleutel waarmee"));
  partnership::SignedManifest forged = Read("2.draft");
  const auto key =
      client::ReadKey(Path("impostor/keys/identity.key"), crypto::KeyPurpose::kIdentity);
  ASSERT_TRUE(key.ok());
  record::v1::ManifestSignature signature;
  signature.set_organisation(kPolice);
  signature.set_signature(
      std::string(crypto::View(partnership::SignManifest(forged.manifest, key->key))));
  forged.signatures.push_back(signature);
  Write("2.forged", forged.Serialise());
  SignYes("caw", "2.draft", "2.caw", follows);
  SignYes("town", "2.draft", "2.town", follows);
  const Ended ended = Assemble({"2.caw", "2.town", "2.forged"}, "x", follows);
  EXPECT_EQ(ended.exit, Exit::kFinding);
  EXPECT_THAT(ended.out, HasSubstr(kPolice));
}

TEST_F(PartnershipTest, AKeyIsRenewedWithTheOldOne) {
  MakeFirst();
  const Words follows = {"--follows", Path("1.manifest")};
  std::filesystem::rename(Path("caw/keys/identity.key"), Path("caw/keys/old.key"));
  ASSERT_TRUE(
      client::MakeKey(Path("caw/keys/identity.key"), crypto::KeyPurpose::kIdentity, "2028-01-31")
          .ok());
  std::filesystem::rename(Path("caw.member"), Path("caw.old"));
  ASSERT_EQ(Member("caw", "caw.member", follows).exit, Exit::kDone);
  const Ended draft = Draft("2.draft", {"caw.member"}, follows);
  ASSERT_EQ(draft.exit, Exit::kDone);
  EXPECT_THAT(draft.out, HasSubstr("krijgt sleutel"));
  EXPECT_THAT(draft.out, Not(HasSubstr("(log)")));
  EXPECT_THAT(SignYes("caw", "2.draft", "x", follows).err,
              HasSubstr("geen identiteitssleutel waarmee"));
  Words old = follows;
  old.insert(old.end(), {"--key", Path("caw/keys/old.key")});
  EXPECT_EQ(SignYes("caw", "2.draft", "2.caw", old).exit, Exit::kDone);
  SignYes("town", "2.draft", "2.town", follows);
  SignYes("police", "2.draft", "2.police", follows);
  EXPECT_EQ(Assemble({"2.caw", "2.town", "2.police"}, "2.manifest", follows).exit, Exit::kDone);
}

}  // namespace
}  // namespace sluis::cli
