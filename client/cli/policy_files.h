// Rule packs that a command is given as files, and values that are typed for their attributes.
//
// Guarantee: what is wrong with a pack is told in the words of policies/, with file, line and
// column; nothing of a node is needed. Not guaranteed: that a pack is the one that partners signed.
// Thread-safety: pure. Errors: a Failure with Exit::kUsage.
#ifndef SLUIS_CLIENT_CLI_POLICY_FILES_H_
#define SLUIS_CLIENT_CLI_POLICY_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/shell.h"
#include "policies/given_values.h"
#include "policies/pack.h"

namespace sluis::cli {

// Above what a pack may be, so that its own reader says what is too large.
inline constexpr size_t kMaxPackFileBytes = 2 * policies::kPackBounds.kibibytes * 1024;

// What the files hold: packs, the statutory one first whatever their order was, or why some are
// none (one line for each such file).
struct ReadPacks {
  std::vector<policies::Pack> packs;
  std::vector<std::string> refusals;
};

// Errors: a file that cannot be read.
Result<ReadPacks> ReadPackFiles(const std::vector<std::string>& files);

// The words of policies/ on what is wrong, fit for a terminal.
std::string WordsOf(const absl::Status& status);

// "file:line:column: ..." of each refusal, under a line that says they do not load.
Failure PacksRefused(const std::vector<std::string>& refusals);

// The layers as one set; all the refusals otherwise.
Result<policies::PackSet> LoadPacks(const std::vector<std::string>& files);

// A question of the analysis that has no answer: wrong as it is asked, or more than it takes on.
Failure NoAnswer(const absl::Status& status);

// "livc-r.vaartland 1, ..." in the order of the layers.
std::string PackNames(const policies::PackSet& packs);

// Each of `texts` is attribute=value; `option` is named when one is not. A derived attribute has a
// value only where `derived` says so.
enum class Derived { kRefused, kTaken };
Result<policies::GivenValues> ValuesTyped(const policies::Schema& schema,
                                          const std::vector<std::string>& texts,
                                          const std::string& option, Derived derived);

// "uw rol (actor.role)", or the name alone where the catalogue has no label for it.
std::string AttributeLabel(const Shell& shell, const std::string& name);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_POLICY_FILES_H_
