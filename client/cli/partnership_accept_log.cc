#include <charconv>

#include "client/cli/partnership_commands.h"
#include "client/cli/receipt.h"
#include "client/lib/signing.h"
#include "sluis/node/v1/register.pb.h"

namespace sluis::cli {
namespace {

struct AcceptLogOptions {
  std::string organisation;
  std::string size;
  std::string reason;
};

Exit AcceptLog(Shell& shell, const AcceptLogOptions& options) {
  if (!client::IsOrganisationId(options.organisation)) {
    return shell.Fail(Exit::kUsage, "user.bad_organisation");
  }
  uint64_t size = 0;
  const std::string& text = options.size;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || size == 0) {
    return shell.Fail(Exit::kUsage, "partnership.bad_log_size");
  }
  node::v1::AcceptPartnerLogRequest request;
  request.set_partner(options.organisation);
  request.set_known_size(size);
  request.set_reason(options.reason);
  const auto answer = Call<node::v1::AcceptPartnerLogResponse>(shell, request);
  if (!answer.ok()) return shell.Fail(answer.failure());
  return SayDone(shell, *answer, "partnership.log_accepted",
                 {{"organisation", options.organisation},
                  {"size", std::to_string(answer->size())},
                  {"root", crypto::HexEncode(answer->root())}});
}

}  // namespace

void AddAcceptLogCommand(CommandSet& set, CLI::App& group) {
  Shell& shell = set.shell();
  const auto options = Options<AcceptLogOptions>();
  Command(set, group, "accept-log",
          "sluis partnership accept-log lindervaart.example --size 4711 "
          "--reason \"teruggezet uit de kopie van 21 november, gebeld met hun beheerder\"")
      .Text("organisation", &options->organisation, Need::kRequired)
      .Text("--size", &options->size, Need::kRequired, "log_size")
      .Text("--reason", &options->reason, Need::kRequired)
      .UsesProfile()
      .AnswersJson()
      .Runs([&shell, options] { return AcceptLog(shell, *options); });
}

}  // namespace sluis::cli
