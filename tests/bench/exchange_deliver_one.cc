#include "tests/bench/exchange_deliver_one.h"

#include <grpcpp/security/server_credentials.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/envelope/envelope.h"
#include "server/rpc/credentials.h"
#include "tests/bench/exchange_core.h"
#include "tests/bench/exchange_sites.h"
#include "tests/bench/load.h"

namespace sluis::bench {
namespace {

constexpr uint64_t kCalls = 8'000;
// One call goes before the clock runs.
constexpr uint64_t kOffers = kCalls + 1;
// The answer to an envelope is empty.
constexpr size_t kAnswerBytes = 0;
constexpr uint32_t kPage = 500;
// Least rate of an echo of this size on a quiet two-core machine.
constexpr double kLeastEcho = 15'000;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What the sender offers in envelopes of many, each record in an envelope of its own.
absl::StatusOr<std::vector<std::string>> OneByOne(
    const test::Organisation& sender, const std::vector<peer::v1::DeliverRequest>& requests) {
  std::vector<std::string> single;
  for (const peer::v1::DeliverRequest& request : requests) {
    peer::v1::EnvelopeHead head;
    if (!head.ParseFromString(request.envelope().head())) return absl::InternalError("no head");
    for (const std::string& leaf : request.envelope().leaves()) {
      // Only receipts need the other key.
      absl::StatusOr<peer::v1::Envelope> one =
          envelope::MakeEnvelope({.kind = head.kind(),
                                  .partnership = head.partnership(),
                                  .manifest_version = head.manifest_version(),
                                  .sender = head.sender(),
                                  .recipient = head.recipient(),
                                  .leaves = {leaf}},
                                 {*sender.identity_key(), *sender.identity_key()});
      if (!one.ok()) return one.status();
      peer::v1::DeliverRequest deliver;
      *deliver.mutable_envelope() = *std::move(one);
      single.push_back(deliver.SerializeAsString());
    }
  }
  return single;
}

absl::StatusOr<std::vector<std::string>> Offers(ExchangeSites& sites) {
  const absl::StatusOr<std::vector<SignedShare>> shares = sites.Sign(kOffers);
  if (!shares.ok()) return shares.status();
  sites.Stop();
  absl::StatusOr<std::unique_ptr<ExchangeCore>> sender =
      ExchangeCore::Open(sites.care.organisation);
  if (!sender.ok()) return sender.status();
  if (absl::Status shared = (*sender)->Share(sites.sharers, *shares); !shared.ok()) return shared;
  const auto requests = (*sender)->Depart(kOffers);
  if (!requests.ok()) return requests.status();
  return OneByOne(sites.care.organisation, *requests);
}

// The node of the town on its data folder as it was.
class FreshTown {
 public:
  explicit FreshTown(Site& town) : town_(town), kept_(town.folder.PathOf("kept")) {
    std::filesystem::rename(town.organisation.data_folder(), kept_);
  }
  absl::Status Start() {
    town_.node.reset();
    std::filesystem::remove_all(town_.organisation.data_folder());
    std::filesystem::copy(kept_, town_.organisation.data_folder(),
                          std::filesystem::copy_options::recursive);
    return town_.Start();
  }

 private:
  Site& town_;
  const std::string kept_;
};

// Whether everything on the newest page is collected.
absl::Status CheckCollected(const ExchangeSites& sites) {
  node::v1::ListReceivedRequest request;
  *request.mutable_context() = test::Intake();
  request.set_page_size(kPage);
  const auto page = sites.town.CallsOf(sites.reader)->Do(request);
  if (!page.ok()) return StatusOf(page.failure(), "list");
  for (const node::v1::ReceivedSummary& one : page->received()) {
    if (one.state() != record::v1::RECEIVED_STATE_COLLECTED) {
      return absl::InternalError("an offer was not collected");
    }
  }
  return page->received_size() == static_cast<int>(kPage)
             ? absl::OkStatus()
             : absl::InternalError("not every offer was collected");
}

}  // namespace

absl::StatusOr<Result> ExchangeDeliverOne() {
  absl::StatusOr<std::unique_ptr<ExchangeSites>> made = ExchangeSites::Make({});
  if (!made.ok()) return made.status();
  ExchangeSites& sites = **made;
  const absl::StatusOr<std::vector<std::string>> offers = Offers(sites);
  if (!offers.ok()) return offers.status();

  const tests::TempFolder folder;
  const std::string sender_tls = sites.care.folder.PathOf("tls");
  const LoadIdentity identity{sites.town.organisation.ca().certificate_pem,
                              ReadFile(sender_tls + "/tls.crt"), ReadFile(sender_tls + "/tls.key")};
  const std::string offer_folder = folder.PathOf("offers");
  const std::string echo_folder = folder.PathOf("echo");
  WriteLoadFolder(offer_folder, identity, *offers);
  const std::string echo_request = EchoRequestOf(offers->front().size());
  WriteLoadFolder(echo_folder, identity, {&echo_request, 1});

  absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> credentials =
      rpc::PeerListenerCredentials(sites.town.folder.PathOf("tls"),
                                   [](std::string_view) { return true; });
  if (!credentials.ok()) return credentials.status();
  const EchoServer echo(*credentials, kAnswerBytes);

  FreshTown fresh(sites.town);
  const Side measured{.work = [&]() -> absl::StatusOr<uint64_t> {
                        return RunLoad(sites.town.node->peer_port(),
                                       "/sluis.peer.v1.PeerService/Deliver", offer_folder, kCalls);
                      },
                      .prepare = [&] { return fresh.Start(); }};
  const Side baseline{
      .work = [&] { return RunLoad(echo.port(), kEchoMethod, echo_folder, kCalls); }};
  absl::StatusOr<Result> result = Compare("deliver_one", "records/s", measured, baseline);
  if (!result.ok()) return result;
  if (absl::Status collected = CheckCollected(sites); !collected.ok()) return collected;
  JudgeEcho(kLeastEcho, *result);
  return result;
}

}  // namespace sluis::bench
