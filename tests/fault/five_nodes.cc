#include "tests/fault/five_nodes.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace sluis::fault {
namespace {

// 5 October 2026, 07:00 UTC, a Monday on which the shipped packs are valid.
constexpr uint64_t kStartUs = 1'791'183'600'000'000;
constexpr int kMostTurns = 200;

struct Organisation {
  const char* name;
  const char* kind;
  const char* role;
  const char* basis;
};
constexpr std::array<Organisation, FiveNodes::kCount> kOrganisations = {{
    {"lindervaart.example", "municipality", "casemanager", "vl-prev-2024"},
    {"zandrode.example", "municipality", "casemanager", "vl-prev-2024"},
    {"pz-drie-sluizen.example", "police-zone", "information-officer", "be-livc-2018"},
    {"pz-heidezoom.example", "police-zone", "information-officer", "be-livc-2018"},
    {"caw-de-overzet.example", "welfare", "maatschappelijk-werker", "vl-prev-2024"},
}};

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

bool IsPolice(size_t at) { return std::string(kOrganisations.at(at).kind) == "police-zone"; }

}  // namespace

FiveNodes::FiveNodes(uint64_t seed, std::chrono::seconds skew) : network_(seed) {
  tests::SeededRandom random(seed);
  network_.Calm();
  std::vector<const tests::TestMember*> members;
  for (const Organisation& one : kOrganisations) {
    const auto range = static_cast<uint64_t>(2 * skew.count() + 1);
    const uint64_t ahead_us = random.Below(range) * 1'000'000;
    nodes_.push_back(std::make_unique<MortalNode>(
        one.name, one.kind, random.Below(UINT32_MAX),
        kStartUs + ahead_us - static_cast<uint64_t>(skew.count()) * 1'000'000, network_));
    members.push_back(&nodes_.back()->member());
  }
  partnership::Draft draft = tests::DraftOf(members);
  draft.state = record::v1::PARTNERSHIP_STATE_ACTIVE;
  const auto packs = tests::PartnershipPacks().digests();
  draft.statutory_pack = packs.statutory;
  draft.partnership_pack = *packs.partnership;
  const auto made = partnership::MakeManifest(draft, nullptr);
  Must(made.status());
  manifest_ = std::make_shared<const partnership::SignedManifest>(tests::SignedBy(*made, members));
  for (size_t i = 0; i < kCount; ++i) {
    nodes_[i]->Use(manifest_);
    Must(nodes_[i]->Open());
    people_.push_back(std::make_unique<ExchangePerson>(*nodes_[i], kOrganisations[i].role,
                                                       kOrganisations[i].basis));
    Must(people_[i]->Register());
  }
}

bool FiveNodes::Permitted(About about, size_t from, size_t to) {
  if (from == to) return false;
  return about == About::kPlace || (!IsPolice(from) && !IsPolice(to));
}

void FiveNodes::Advance(std::chrono::microseconds by) {
  for (const auto& node : nodes_) node->clock.Advance(by);
}

void FiveNodes::Exchange() {
  for (const auto& node : nodes_) {
    if (node->is_open()) node->Heartbeat();
  }
  bool moved = true;
  for (int turn = 0; moved; ++turn) {
    ASSERT_LT(turn, kMostTurns) << "nodes keep sending each other something";
    moved = false;
    for (const auto& node : nodes_) {
      if (!node->is_open()) continue;
      EXPECT_EQ(node->Round(), absl::OkStatus()) << node->organisation();
    }
    while (network_.Step()) moved = true;
  }
  for (const auto& node : nodes_) {
    if (!node->is_open()) continue;
    EXPECT_EQ(node->KeepHouse(), absl::OkStatus()) << node->organisation();
  }
}

void FiveNodes::Exchange(int times, std::chrono::microseconds apart) {
  for (int i = 0; i < times; ++i) {
    Advance(apart);
    Exchange();
  }
}

std::string FiveNodes::Shared(size_t from, size_t to, About about, const std::string& text) {
  const auto record = person(from).Record(about, text);
  EXPECT_TRUE(record.ok()) << record.status();
  std::string exchange;
  if (!record.ok()) return exchange;
  EXPECT_EQ(person(from).Share(
                {.about = about, .record_id = *record, .to = node(to).organisation()}, exchange),
            absl::OkStatus());
  Advance(std::chrono::hours(4));
  return exchange;
}

}  // namespace sluis::fault
