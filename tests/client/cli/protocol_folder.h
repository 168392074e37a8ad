// `sluis protocol` in a folder of its own, and three organisations that can sign.
#ifndef SLUIS_TESTS_CLIENT_CLI_PROTOCOL_FOLDER_H_
#define SLUIS_TESTS_CLIENT_CLI_PROTOCOL_FOLDER_H_

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "client/lib/own_files.h"
#include "tests/client/cli/run_sluis.h"
#include "tests/support/example_protocol.h"
#include "tests/support/temp_folder.h"

namespace sluis::cli {

using Words = std::vector<std::string>;

inline const std::string kPacks = tests::InSources("/policies/packs/");  // NOLINT: tests only
inline const std::string kStatutory = kPacks + "statutory.be.yaml";      // NOLINT: tests only
inline const std::string kPartners = kPacks + "livc-r.vaartland.yaml";   // NOLINT: tests only

// Without the items of a list that name one of these organisations.
inline std::string Without(std::string text, const Words& organisations) {
  for (const std::string& organisation : organisations) {
    for (size_t at; (at = text.find(organisation)) != std::string::npos;) {
      const size_t begin = text.rfind("\n  ", text.rfind("- ", at));
      const size_t indent = text.find('-', begin) - begin - 1;
      size_t end = text.find('\n', at);
      while (text.compare(end + 1, indent + 1, std::string(indent + 1, ' ')) == 0) {
        end = text.find('\n', end + 1);
      }
      text.erase(begin, end - begin);
    }
  }
  return text;
}

// With advices and assessment of the year before, as the tests sign in 2025.
inline std::string Earlier(std::string text) {
  for (size_t at; (at = text.find("datum: 2026-")) != std::string::npos;) {
    text.replace(at, 11, "datum: 2025");
  }
  return text;
}

class ProtocolTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) { return folder_.PathOf(name); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  std::string ReadBack(const std::string& path) {
    const auto text = client::ReadWhole(path, 1 << 20);
    return text.ok() ? *text : "";
  }
  static Ended Do(Words words, const std::string& input = "", const std::string& lang = "nl") {
    words.insert(words.begin(), "protocol");
    words.push_back("--lang=" + lang);
    return RunSluis(words, input);
  }
  Ended Check(const std::string& text, const Words& more = {}) {
    Words words = {"check", Write("p.yaml", text), kStatutory, kPartners};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }

  tests::TempFolder folder_;
};

class SigningTest : public ProtocolTest {
 protected:
  void SetUp() override {
    MakeNode("caw", "caw-de-overzet.example", "welfare");
    MakeNode("town", "lindervaart.example", "municipality");
    MakeNode("police", "pz-drie-sluizen.example", "police-zone");
    Words draft = {"partnership", "draft"};
    for (const char* node : {"caw", "town", "police"}) draft.push_back(Path(node) + ".member");
    draft.insert(draft.end(),
                 {"--id", "livc-r.vaartland.example", "--name", "LIVC R", "--state", "exercise",
                  "--statutory", kStatutory, "--partnership", kPartners, "--out", Path("draft")});
    ASSERT_EQ(RunSluis(draft).exit, Exit::kDone);
    text_ = Earlier(
        Without(policies::ExampleProtocolText(), {"zandrode.example", "pz-heidezoom.example"}));
    protocol_ = Write("p.yaml", text_);
  }

  void MakeNode(const std::string& node, const std::string& organisation, const char* kind) {
    Ended made = RunSluis({"node",
                           "init",
                           "--folder",
                           Path(node),
                           "--organisation",
                           organisation,
                           "--kind",
                           kind,
                           "--host",
                           "Rekencentrum",
                           "--listen",
                           "127.0.0.1:8443",
                           "--address",
                           organisation + ":8443",
                           "--statutory-pack",
                           kStatutory,
                           "--partnership-pack",
                           kPartners,
                           "--administrator-id",
                           "beheer",
                           "--yes"},
                          "", Path(node + ".profiles"));
    ASSERT_EQ(made.exit, Exit::kDone) << made.err;
    made = RunSluis({"partnership", "member", "--config", Path(node + "/sluisd.yaml"), "--name",
                     "Lid " + node, "--mandate-until", "2030-11-20", "--address", node + ":8444",
                     "--out", Path(node + ".member")});
    ASSERT_EQ(made.exit, Exit::kDone) << made.err;
  }

  Ended Sign(const std::string& node, const Words& more = {"--yes"},
             const std::string& input = "") {
    Words words = {"sign",        protocol_,  "--manifest",
                   Path("draft"), "--config", Path(node + "/sluisd.yaml")};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words, input);
  }
  Ended Show(const char* day, const Words& more = {}) {
    Words words = {"show", protocol_, "--manifest", Path("draft"), "--on", day};
    words.insert(words.end(), more.begin(), more.end());
    return Do(words);
  }

  std::string text_, protocol_;
};

}  // namespace sluis::cli

#endif  // SLUIS_TESTS_CLIENT_CLI_PROTOCOL_FOLDER_H_
