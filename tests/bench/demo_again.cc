#include "tests/bench/demo_again.h"

#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>

#include "tests/support/places.h"
#include "tests/support/temp_folder.h"

namespace sluis::bench {
namespace {

// Of the account, enough to see which step did not go as told.
constexpr size_t kShown = 2000;

// Of what has ended, and of what that waited for.
double ChildrenCpuUs() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

absl::StatusOr<Result> DemoAgain() {
  const tests::TempFolder folder;
  const std::string command = "'" + tests::InSources("/deploy/demo/run.sh") + "' --programs '" +
                              tests::InBuild("/bin") + "' --page '" +
                              folder.PathOf("verslag.html") + "' 2>&1";
  const double cpu_before = ChildrenCpuUs();
  const auto begin = std::chrono::steady_clock::now();
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return absl::InternalError("cannot start: " + command);
  std::string account;
  std::array<char, 4096> piece{};
  while (const size_t read = std::fread(piece.data(), 1, piece.size(), output)) {
    account.append(piece.data(), read);
  }
  const bool well = ::pclose(output) == 0;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (!well) {
    if (account.size() > kShown) account.erase(0, account.size() - kShown);
    return absl::InternalError("the demonstration did not go as told; its end:\n" + account);
  }
  Result result;
  result.name = "demo_again";
  result.unit = "s";
  result.value = took.count();
  result.baseline = kDemoBarS;
  result.ratio = result.baseline / result.value;
  result.cpu_us_per_op = ChildrenCpuUs() - cpu_before;
  return result;
}

}  // namespace sluis::bench
