#include "client/lib/profile.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "client/lib/certificate.h"
#include "client/lib/flat_yaml.h"
#include "client/lib/own_files.h"
#include "tests/support/temp_folder.h"

namespace sluis::client {
namespace {

constexpr int64_t kNow = 1763740800;
constexpr char kGood[] = "node: n.example:8443\norganisation: caw.example\nuser: an.peeters\n";

template <typename T>
std::string KeyOf(const Result<T>& result) {
  return result.ok() ? "ok" : result.failure().message.key;
}

class ProfileTest : public testing::Test {
 protected:
  // A profile folder with this profile.yaml.
  std::string Make(const std::string& name, const std::string& yaml) {
    const std::string folder = folder_.PathOf(name);
    EXPECT_FALSE(MakePrivateFolder(folder).has_value());
    EXPECT_FALSE(WriteOver(folder + "/profile.yaml", yaml, FileMode::kPrivate).has_value());
    return folder;
  }
  std::string Load(const std::string& yaml) { return KeyOf(LoadProfile(Make("p", yaml))); }

  tests::TempFolder folder_;
};

TEST_F(ProfileTest, ReadsWhatSaveWrites) {
  Profile profile{Make("p", kGood),         "n.example:8443", "caw.example",  "an.peeters", true,
                  "maatschappelijk-werker", "signaal-intake", "vl-prev-2024", "fr"};
  ASSERT_FALSE(SaveProfile(profile).has_value());
  const auto read = LoadProfile(profile.folder);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->node, profile.node);
  EXPECT_EQ(read->organisation, profile.organisation);
  EXPECT_EQ(read->user, profile.user);
  EXPECT_TRUE(read->secrecy_regime);
  EXPECT_EQ(read->role, profile.role);
  EXPECT_EQ(read->purpose, profile.purpose);
  EXPECT_EQ(read->basis, profile.basis);
  EXPECT_EQ(read->language, profile.language);
}

TEST_F(ProfileTest, RefusesWhatIsNoProfile) {
  const std::string good = kGood;
  EXPECT_EQ(Load(good), "ok");
  EXPECT_EQ(Load(good + "nodes: x\n"), "yaml.unknown_key");
  EXPECT_EQ(Load(good + "user: jan\n"), "yaml.key_twice");
  EXPECT_EQ(Load(good + "role: {a: b}\n"), "yaml.bad_value");
  EXPECT_EQ(Load(good + "role: [a\n"), "yaml.bad_syntax");
  EXPECT_EQ(Load("- a\n"), "yaml.no_map");
  EXPECT_EQ(Load("organisation: caw.example\n"), "yaml.wrong_value");
  EXPECT_EQ(Load(good + "secrecy_regime: misschien\n"), "yaml.wrong_value");
  EXPECT_EQ(Load(good + "language: de\n"), "yaml.wrong_value");
}

TEST_F(ProfileTest, NamesTheLineOfAnUnknownKey) {
  const auto read = LoadProfile(Make("p", std::string(kGood) + "nodes: x\n"));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.failure().message.args.at(1), (std::pair<std::string, std::string>{"line", "4"}));
}

TEST_F(ProfileTest, AFolderThatOthersMayEnterIsRefused) {
  const std::string folder = Make("p", kGood);
  ASSERT_EQ(chmod(folder.c_str(), 0755), 0);
  EXPECT_EQ(KeyOf(LoadProfile(folder)), "file.folder_not_private");
}

TEST_F(ProfileTest, ChoosesTheOnlyOneOrTheOneNamed) {
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "")), "profile.none");
  Make("an", kGood);
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "")), "ok");
  Make("jan", kGood);
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "")), "profile.several");
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "jan")), "ok");
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "piet")), "profile.absent");
  EXPECT_EQ(KeyOf(ChooseProfile(folder_.path(), "../an")), "profile.bad_name");
}

TEST_F(ProfileTest, ABundleIsInstalledOnlyWhereItBelongs) {
  const CertifiedKey ca = *MakeCa("caw.example", kNow);
  const std::string key = *MakeTlsKey();
  const auto certificate = [&](const std::string& uri, const CertifiedKey& by) {
    return *Issue(by, *MakeCertificateRequest(key, "x"), {uri, {}, {}}, LeafUse::kUser, kNow);
  };
  const std::string own = UserUri("caw.example", "an.peeters");
  const Bundle good{"n2.example:1", "caw.example",        "an.peeters",
                    true,           certificate(own, ca), ca.certificate_pem};
  const std::string folder = Make("p", kGood);
  ASSERT_FALSE(WriteNew(folder + "/tls.key", key, FileMode::kPrivate).has_value());
  const auto install = [&](Bundle bundle) {
    // Through its file, as people do.
    const std::string path = folder_.PathOf("bundle.yaml");
    EXPECT_FALSE(WriteOver(path, FormatBundle(bundle), FileMode::kPrivate).has_value());
    const Result<Bundle> read = ReadBundle(path);
    if (!read.ok()) return read.failure().message.key;
    Profile profile = *LoadProfile(folder);
    const Step failure = InstallBundle(*read, &profile);
    return failure ? failure->message.key : std::string("ok");
  };
  Bundle bad = good;
  bad.certificate_pem = certificate(UserUri("caw.example", "jan.peeters"), ca);
  EXPECT_EQ(install(bad), "profile.other_bundle");
  bad.certificate_pem = certificate(own, *MakeCa("caw.example", kNow));
  EXPECT_EQ(install(bad), "profile.other_bundle");
  bad = good;
  bad.user = "jan.peeters";
  EXPECT_EQ(install(bad), "profile.other_bundle");
  bad = good;
  bad.ca_pem = "no certificate";
  EXPECT_EQ(install(bad), "profile.other_bundle");
  EXPECT_FALSE(Exists(folder + "/cert.pem"));
  EXPECT_EQ(install(good), "ok");
  EXPECT_EQ(LoadProfile(folder)->node, "n2.example:1");
  EXPECT_TRUE(LoadProfile(folder)->secrecy_regime);
  EXPECT_EQ(*ReadWhole(folder + "/cert.pem", 1 << 16), good.certificate_pem);
}

TEST_F(ProfileTest, ABundleForTheKeyOfARenewalMakesThatTheKey) {
  const CertifiedKey ca = *MakeCa("caw.example", kNow);
  const std::string first = *MakeTlsKey();
  const std::string second = *MakeTlsKey();
  const auto bundle = [&](const std::string& key) {
    return Bundle{"n2.example:1",
                  "caw.example",
                  "an.peeters",
                  false,
                  *Issue(ca, *MakeCertificateRequest(key, "x"),
                         {UserUri("caw.example", "an.peeters"), {}, {}}, LeafUse::kUser, kNow),
                  ca.certificate_pem};
  };
  const std::string folder = Make("p", kGood);
  ASSERT_FALSE(WriteNew(folder + "/tls.key", first, FileMode::kPrivate).has_value());
  Profile profile = *LoadProfile(folder);
  EXPECT_TRUE(InstallBundle(bundle(second), &profile).has_value()) << "no such key here";
  ASSERT_FALSE(WriteNew(folder + "/tls.next.key", second, FileMode::kPrivate).has_value());
  EXPECT_TRUE(InstallBundle(bundle(*MakeTlsKey()), &profile).has_value());
  EXPECT_FALSE(InstallBundle(bundle(first), &profile).has_value());
  EXPECT_EQ(*ReadSecret(folder + "/tls.key", 1 << 16), first);
  EXPECT_EQ(*ReadSecret(folder + "/tls.next.key", 1 << 16), second);
  const Bundle renewed = bundle(second);
  EXPECT_FALSE(InstallBundle(renewed, &profile).has_value());
  EXPECT_EQ(*ReadSecret(folder + "/tls.key", 1 << 16), second);
  EXPECT_FALSE(Exists(folder + "/tls.next.key"));
  EXPECT_EQ(*ReadWhole(folder + "/cert.pem", 1 << 16), renewed.certificate_pem);
}

TEST(FlatYamlTest, BoundsAndLists) {
  const auto any = [](std::string_view) { return true; };
  const auto read = ReadFlatYaml("a: [x, y]\nb: |\n  een\n  twee\nc:\n", "p", any);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->at("a"), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(read->at("b").front(), "een\ntwee\n");
  EXPECT_TRUE(read->at("c").empty());
  EXPECT_EQ(KeyOf(ReadFlatYaml(std::string(300 << 10, '#'), "p", any)), "yaml.too_large");
  EXPECT_EQ(KeyOf(ReadFlatYaml("a: [[x]]\n", "p", any)), "yaml.bad_value");
  EXPECT_EQ(KeyOf(ReadFlatYaml(std::string(5000, '['), "p", any)), "yaml.bad_syntax");
  EXPECT_EQ(KeyOf(ReadFlatYaml("", "p", any)), "yaml.no_map");
  const std::string written = WriteFlatYaml({{"a", {"ja", "x: y"}}, {"b", {"é\n#"}}, {"c", {}}});
  const auto again = ReadFlatYaml(written, "p", any);
  ASSERT_TRUE(again.ok()) << written;
  EXPECT_EQ(again->at("a"), (std::vector<std::string>{"ja", "x: y"}));
  EXPECT_FALSE(again->contains("c"));
}

}  // namespace
}  // namespace sluis::client
