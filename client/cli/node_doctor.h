// `sluis node doctor`: looks for what will go wrong, and says what to do about each.
#ifndef SLUIS_CLIENT_CLI_NODE_DOCTOR_H_
#define SLUIS_CLIENT_CLI_NODE_DOCTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/cli/command.h"
#include "sluis/node/v1/keys.pb.h"
#include "sluis/node/v1/status.pb.h"

namespace sluis::cli {

enum class Weight { kFine, kWarning, kFault };

struct Diagnosis {
  Weight weight = Weight::kFine;
  Message what;  // with its remedy, where there is something to do
};

// What the answer of the node says, seen from a machine whose clock shows `now_us`.
std::vector<Diagnosis> Examine(const node::v1::GetStatusResponse& status, uint64_t now_us,
                               const std::string& own_version);

// A certificate or key that ends, and what to do about it, in the person's language.
struct Ending {
  std::string whose;
  std::string remedy;
};

// How long it lasts: a fault at 3 days, warnings at 14 and 30.
Diagnosis ExamineEnd(int64_t not_after_s, int64_t now_s, const Ending& what);

// Keys that stop unless somebody rolls them or makes new ones, and shares that are lost: a fault
// within a week of the day.
std::vector<Diagnosis> ExamineKeys(const node::v1::GetKeysResponse& keys, int64_t now_s);

void AddDoctorCommand(CommandSet& set, CLI::App& group);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_NODE_DOCTOR_H_
