// A text for a person before its language is chosen, and the two ways to carry one: as a remark in
// a file the person wrote, and as the failure of a step.
//
// Guarantee: nothing here is a user text itself; `key` names one in client/messages, `args` fill
// its {placeholders}. Not guaranteed: that the key exists; a test reads the sources for that.
// Thread-safety: plain values. Ownership: values own what they hold.
#ifndef SLUIS_CLIENT_LIB_MESSAGE_H_
#define SLUIS_CLIENT_LIB_MESSAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sluis/node/v1/context.pb.h"

namespace sluis::client {

using Args = std::vector<std::pair<std::string, std::string>>;

struct Message {
  std::string key;
  Args args;
};

// What is wrong at one place of a file or form.
struct Remark {
  uint32_t line = 0;       // line of the file, from 1; 0 where there is no file
  uint32_t sheet_row = 0;  // row as a spreadsheet counts, from 1; 0 where there is none
  std::string field;       // column or option name; empty for the whole row
  Message message;
};

// How a program ends; docs/cli.md has the table for users.
enum class Exit : int {
  kDone = 0,
  kFinding = 1,       // it ran, and what was looked at is not in order
  kUsage = 2,         // the command or a file given to it is wrong
  kPartly = 3,        // some rows done, some refused
  kRefused = 4,       // a rule or the state of the record refuses
  kUnreachable = 5,   // no answer, or the node takes no work at present
  kNotPermitted = 6,  // not known there, or no right to ask this
  kInternal = 7,
};

// Why a step failed, what to tell, and how the program ends by it.
struct Failure {
  Exit exit = Exit::kInternal;
  Message message;
  // Set when the node refused by rule: its reasons, in the languages of the rules.
  std::shared_ptr<const node::v1::RefusalDetail> refusal;
};

// A value or the failure that stood in its way.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  // Reading the other alternative throws by std::get; ask ok() first.
  T& value() { return std::get<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Failure& failure() const { return std::get<Failure>(state_); }

 private:
  std::variant<T, Failure> state_;
};

// Success without a value, or a failure.
using Step = std::optional<Failure>;

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_MESSAGE_H_
