#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "crypto/hash.h"
#include "tests/support/temp_folder.h"

namespace sluis::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kFile[] = "/etc/sluis/sluisd.yaml";

// One line per key, so that a test can name the line.
const std::vector<std::string>& GoodLines() {
  static const auto& lines = *new std::vector<std::string>{
      "organisation: caw-de-overzet.example",                            // 1
      "kind: welfare",                                                   // 2
      "secrecy_regime: true",                                            // 3
      "data_folder: data",                                               // 4
      "backup_folder: /backup",                                          // 5
      "user_listener:",                                                  // 6
      "  address: 127.0.0.1:0",                                          // 7
      "  certificate_folder: tls",                                       // 8
      "keys:",                                                           // 9
      "  log: log.key",                                                  // 10
      "  mandate_public: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",  // 11
      "packs:",                                                          // 12
      "  statutory: packs/statutory.be.yaml",                            // 13
      "  partnership: packs/../packs/livc-r.yaml",                       // 14
      "loopback:",                                                       // 15
      "  address: 127.0.0.1:9464",                                       // 16
      "openssl_conf: openssl.cnf",                                       // 17
  };
  return lines;
}

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

std::string With(size_t line, const std::string& text) {
  std::vector<std::string> lines = GoodLines();
  lines[line - 1] = text;
  return Join(lines);
}

std::string ErrorOf(const std::string& text) {
  const absl::StatusOr<Config> config = ParseConfig(kFile, text);
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(config.status().message());
}

TEST(ConfigTest, ReadsWhatIsThereAndFillsInTheRest) {
  const std::string text = Join(GoodLines());
  const absl::StatusOr<Config> config = ParseConfig(kFile, text);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->organisation, "caw-de-overzet.example");
  EXPECT_TRUE(config->secrecy_regime);
  EXPECT_EQ(config->data_folder, "/etc/sluis/data") << "relative to the file";
  EXPECT_EQ(config->backup_folder, "/backup");
  EXPECT_EQ(config->partnership_pack, "/etc/sluis/packs/livc-r.yaml");
  EXPECT_EQ(config->node_pack, "");
  EXPECT_EQ(config->tick_ms, 1000u);
  EXPECT_EQ(config->key_copy_days, 14);
  EXPECT_EQ(config->refusals_per_minute, 30u);
  EXPECT_EQ(config->evaluation_caps.per_case, 48u);
  EXPECT_EQ(config->evaluation_caps.Check(), absl::OkStatus());
  EXPECT_EQ(config->digest, crypto::Sha256(text));
  const auto more = ParseConfig(
      kFile, text +
                 "tick_ms: 10\nlimits: {refusals_per_minute: 5}\nkey_copy_days: 0\n"
                 "evaluation: {per_case: 5, case_days: 16, per_person_day: 6, per_asker_day: 7, "
                 "unproven: 2}\n");
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(more->tick_ms, 10u);
  EXPECT_EQ(more->refusals_per_minute, 5u);
  EXPECT_EQ(more->evaluation_caps.per_case, 5u);
  EXPECT_EQ(more->evaluation_caps.case_days, 16u);
  EXPECT_EQ(more->evaluation_caps.per_person_day, 6u);
  EXPECT_EQ(more->evaluation_caps.per_asker_day, 7u);
  EXPECT_EQ(more->evaluation_caps.unproven, 2u);
  EXPECT_EQ(more->key_copy_days, 0);
  EXPECT_NE(more->digest, config->digest);
}

TEST(ConfigTest, ErrorsNameFileLineAndKey) {
  struct Case {
    size_t line;
    std::string text;
    const char* key;
    size_t at = 0;  // line named, when it is not `line`
  };
  const Case cases[] = {
      {1, "organization: caw.example", "organization"},
      {1, "organisation: CAW.example", "organisation"},
      {1, "organisation: [a, b]", "organisation"},
      {1, "organisation:", "organisation"},
      {1, "organisation: {a: b}", "organisation"},
      {2, "kind: school", "kind"},
      {2, "kind: Welfare", "kind"},
      {3, "secrecy_regime: yes", "secrecy_regime"},
      {3, "secrecy_regime: 1", "secrecy_regime"},
      {4, "data_folder: \"\"", "data_folder"},
      {4, "data_folder: ~", "data_folder"},
      {7, "  adress: 127.0.0.1:0", "user_listener.adress"},
      {7, "  address: \"\"", "user_listener.address"},
      {8, "  address: 127.0.0.1:1", "user_listener.address"},
      {10, "  mandate: log.key", "keys.mandate"},
      {11, "  mandate_public: AAAA", "keys.mandate_public"},
      {11, "  mandate_public: \"!!\"", "keys.mandate_public"},
      {11, "  mandate_public: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "keys.mandate_public"},
      {17, "openssl_conf: a\nopenssl_conf: b", "openssl_conf", 18},
      {17, "openssl_conf: a\ntick_ms: 9", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: 60001", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: -5", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: 1e3", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: 0x10", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: 99999999999999999999", "tick_ms", 18},
      {17, "openssl_conf: a\ntick_ms: fast", "tick_ms", 18},
      {17, "openssl_conf: a\nheartbeat_s: 0", "heartbeat_s", 18},
      {17, "openssl_conf: a\nkey_copy_days: 91", "key_copy_days", 18},
      {17, "openssl_conf: a\nlimits: 5", "limits", 18},
      {17, "openssl_conf: a\nlimits: [5]", "limits", 18},
      {17, "openssl_conf: a\nlimits: {refusals_per_minute: 0}", "limits.refusals_per_minute", 18},
      {17, "openssl_conf: a\nlimits: {calls: 1}", "limits.calls", 18},
      {17, "openssl_conf: a\nuser_listener.address: x", "user_listener.address", 18},
      {17, "openssl_conf: a\n\"keys\": {}", "keys", 18},
      {17, "openssl_conf: a\nhost: \"\"", "host", 18},
      {17, "openssl_conf: a\nhost: " + std::string(121, 'h'), "host", 18},
      {17, "openssl_conf: a\npartnership: x.manifest", "partnership", 18},
      {17, "openssl_conf: a\npartnership: {manifest: \"\"}", "partnership.manifest", 18},
      {17, "openssl_conf: a\npartnership: {id: x}", "partnership.id", 18},
      {17, "openssl_conf: a\npeer_listener: {address: \"\"}", "peer_listener.address", 18},
  };
  for (const Case& wrong : cases) {
    const size_t line = wrong.at == 0 ? wrong.line : wrong.at;
    EXPECT_THAT(ErrorOf(With(wrong.line, wrong.text)),
                AllOf(StartsWith(std::string(kFile) + ":" + std::to_string(line) + ": "),
                      HasSubstr(std::string("\"") + wrong.key + "\"")))
        << wrong.text;
  }
}

TEST(ConfigTest, EachRequiredKeyIsMissed) {
  const std::pair<size_t, const char*> required[] = {{1, "organisation"},
                                                     {2, "kind"},
                                                     {3, "secrecy_regime"},
                                                     {4, "data_folder"},
                                                     {5, "backup_folder"},
                                                     {7, "user_listener.address"},
                                                     {8, "user_listener.certificate_folder"},
                                                     {10, "keys.log"},
                                                     {11, "keys.mandate_public"},
                                                     {13, "packs.statutory"},
                                                     {14, "packs.partnership"},
                                                     {16, "loopback.address"},
                                                     {17, "openssl_conf"}};
  for (const auto& [line, key] : required) {
    std::string text = With(line, "");
    // A section that holds nothing is another mistake.
    if (line == 16) text = With(15, "");
    if (line == 16) text.erase(text.find("  address: 127.0.0.1:9464\n"), 26);
    EXPECT_THAT(ErrorOf(text), AllOf(StartsWith(kFile), HasSubstr(std::string("\"") + key + "\"")))
        << text;
  }
}

TEST(ConfigTest, PartnersNeedHostAndIdentity) {
  const std::string identity = "  log: log.key\n  identity: keys/identity.key";
  const auto config =
      ParseConfig(kFile, With(10, identity) +
                             "host: vaartland-it.example\npartnership: {manifest: livc.manifest}\n"
                             "peer_listener: {address: 127.0.0.1:0}\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->host, "vaartland-it.example");
  EXPECT_EQ(config->identity_key_file, "/etc/sluis/keys/identity.key");
  EXPECT_EQ(config->manifest_file, "/etc/sluis/livc.manifest");
  EXPECT_EQ(config->peer_listen_address, "127.0.0.1:0");
  const auto alone = ParseConfig(kFile, Join(GoodLines()));
  ASSERT_TRUE(alone.ok()) << "a configuration of before there were partnerships is as good as ever";
  EXPECT_EQ(alone->host + alone->identity_key_file + alone->manifest_file, "");
  const auto name = ParseConfig(
      kFile, Join(GoodLines()) + "host: " + [] {
        std::string text;
        for (int i = 0; i < 120; ++i) text += "é";
        return text;
      }());
  EXPECT_TRUE(name.ok()) << "characters count, not bytes: " << name.status();
  for (const char* section : {"partnership: {manifest: a}\n", "peer_listener: {address: a:1}\n"}) {
    EXPECT_THAT(ErrorOf(With(10, identity) + section), HasSubstr("\"host\"")) << section;
    EXPECT_THAT(ErrorOf(Join(GoodLines()) + "host: a\n" + section), HasSubstr("\"keys.identity\""))
        << section;
  }
}

TEST(ConfigTest, AnExerciseMayShortenTheCoolingOffTime) {
  const auto with = [](const std::string& seconds) {
    return With(10, "  log: log.key\n  identity: identity.key") +
           "host: a\npartnership:\n  manifest: livc.manifest\n  exercise_cooling_off_s: " +
           seconds + "\n";
  };
  const auto config = ParseConfig(kFile, with("60"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->exercise_cooling_off_s, 60u);
  for (const char* wrong : {"0", "-1", "1209601", "een uur"}) {
    EXPECT_THAT(ErrorOf(with(wrong)), HasSubstr("exercise_cooling_off_s")) << wrong;
  }
}

TEST(ConfigTest, AnExerciseMayUseNumbers) {
  const auto with = [](const std::string& words) {
    return With(10, "  log: log.key\n  identity: identity.key") +
           "host: a\npartnership:\n  manifest: livc.manifest\n  exercise_identity_keys: " + words +
           "\n";
  };
  using identity::KeyKind;
  const auto config = ParseConfig(kFile, with("be-nrn,name-date , be-bis"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(config->exercise_identity_keys.Words(),
              testing::ElementsAre("be-nrn", "be-bis", "name-date"));
  EXPECT_EQ(ParseConfig(kFile, Join(GoodLines()))->exercise_identity_keys, identity::KeyKinds())
      << "no number unless it is named";
  EXPECT_THAT(ErrorOf(with("be-nrn, rijksregister")), HasSubstr("\"rijksregister\" is none"));
  for (const char* wrong : {"\"\"", "\", \"", "be-nrn be-nrn", "foreign-number"}) {
    EXPECT_THAT(ErrorOf(with(wrong)), HasSubstr("exercise_identity_keys\" is no list")) << wrong;
  }
}

TEST(ConfigTest, BadYamlIsRefusedWithItsLine) {
  for (const char* text : {"kind: [", "a: b: c", "\tkind: welfare", "kind: \"welfare", "- a\nb: c",
                           "%", "a: *nobody", "a: !!", "{", "? [a]: b"}) {
    const absl::StatusOr<Config> config = ParseConfig(kFile, text);
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(config.status().message()), StartsWith(kFile)) << text;
  }
  EXPECT_THAT(ErrorOf(""), StartsWith(kFile));
  EXPECT_THAT(ErrorOf("- a list"), StartsWith(std::string(kFile) + ":1"));
  EXPECT_THAT(ErrorOf("word"), StartsWith(std::string(kFile) + ":1"));
  EXPECT_THAT(ErrorOf("[a]: b"), StartsWith(std::string(kFile) + ":1"));
}

// YAML that refers to itself or is nested without end must not exhaust the stack.
TEST(ConfigTest, HostileYamlIsRefused) {
  EXPECT_THAT(ErrorOf("keys: &a {keys: *a}"), StartsWith(kFile));
  EXPECT_THAT(ErrorOf("&a {keys: *a}"), StartsWith(kFile));
  EXPECT_THAT(ErrorOf(std::string(60'000, '[')), StartsWith(kFile));
  EXPECT_THAT(ErrorOf(std::string(60'000, '{')), StartsWith(kFile));
  EXPECT_THAT(ErrorOf(std::string(30'000, '-') + " a"), StartsWith(kFile));
  std::string dashes;
  for (int i = 0; i < 30'000; ++i) dashes += "- ";
  EXPECT_THAT(ErrorOf(dashes), StartsWith(kFile));
  EXPECT_THAT(ErrorOf(std::string(kMaxConfigBytes + 1, '#')), HasSubstr("64 KiB"));
}

TEST(ConfigTest, ReadsTheFile) {
  const tests::TempFolder folder;
  EXPECT_EQ(ReadConfig(folder.PathOf("none.yaml")).status().code(), absl::StatusCode::kNotFound);
  const std::string path = folder.PathOf("sluisd.yaml");
  std::ofstream(path) << Join(GoodLines());
  const absl::StatusOr<Config> config = ReadConfig(path);
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_folder, folder.PathOf("data"));
}

TEST(ConfigTest, ReloadTable) {
  const Config now = *ParseConfig(kFile, Join(GoodLines()));
  EXPECT_TRUE(CheckReload(now, now).ok());
  const std::pair<const char*, std::function<void(Config&)>> fixed[] = {
      {"organisation", [](Config& c) { c.organisation = "x.example"; }},
      {"kind", [](Config& c) { c.kind = "police-zone"; }},
      {"host", [](Config& c) { c.host += "x"; }},
      {"data_folder", [](Config& c) { c.data_folder += "x"; }},
      {"user_listener.address", [](Config& c) { c.listen_address += "1"; }},
      {"user_listener.certificate_folder", [](Config& c) { c.certificate_folder += "x"; }},
      {"key_copy_folder", [](Config& c) { c.key_copy_folder += "x"; }},
      {"key_copy_days", [](Config& c) { ++c.key_copy_days; }},
      {"keys.log", [](Config& c) { c.log_key_file += "x"; }},
      {"keys.identity", [](Config& c) { c.identity_key_file += "x"; }},
      {"keys.mandate_public", [](Config& c) { c.mandate_public[0] ^= 1; }},
      {"peer_listener.address", [](Config& c) { c.peer_listen_address += "1"; }},
      {"loopback.address", [](Config& c) { c.loopback_address += "1"; }},
      {"tick_ms", [](Config& c) { ++c.tick_ms; }},
      {"heartbeat_s", [](Config& c) { ++c.heartbeat_s; }},
      {"low_water_mb", [](Config& c) { ++c.low_water_mb; }},
      {"ballast_mb", [](Config& c) { ++c.ballast_mb; }},
      {"limits.refusals_per_minute", [](Config& c) { ++c.refusals_per_minute; }},
      {"evaluation", [](Config& c) { ++c.evaluation_caps.unproven; }},
      {"openssl_conf", [](Config& c) { c.openssl_conf += "x"; }},
  };
  for (const auto& [key, change] : fixed) {
    Config next = now;
    change(next);
    const absl::Status status = CheckReload(now, next);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << key;
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string("\"") + key + "\""));
  }
  const std::function<void(Config&)> free[] = {
      [](Config& c) { c.secrecy_regime = !c.secrecy_regime; },
      [](Config& c) { c.backup_folder += "x"; },
      [](Config& c) { c.statutory_pack += "x"; },
      [](Config& c) { c.partnership_pack += "x"; },
      [](Config& c) { c.node_pack += "x"; },
      [](Config& c) { c.manifest_file += "x"; },
      [](Config& c) { ++c.exercise_cooling_off_s; },
      [](Config& c) { c.exercise_identity_keys = identity::KeyKinds::All(); },
      [](Config& c) { c.first_administrator_request += "x"; },
      [](Config& c) { c.digest[0] ^= 1; },
  };
  for (const auto& change : free) {
    Config next = now;
    change(next);
    EXPECT_TRUE(CheckReload(now, next).ok());
  }
}

}  // namespace
}  // namespace sluis::server
