// What every command of `sluis` has at hand: streams, texts, the person's profile, their node.
//
// Guarantee: results go to `out`, everything else to `err`, so that output can be piped; a text
// reaches a person only through the catalogue. Nothing is read from the keyboard unless a command
// asks. Thread-safety: one thread. Ownership: borrows the streams; owns the connection.
#ifndef SLUIS_CLIENT_CLI_SHELL_H_
#define SLUIS_CLIENT_CLI_SHELL_H_

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <string_view>

#include "client/lib/calls.h"
#include "client/lib/catalogue.h"
#include "client/lib/message.h"
#include "client/lib/profile.h"

namespace sluis::cli {

using client::Args;
using client::Exit;
using client::Failure;
using client::Message;
using client::Result;
using client::Step;
using Json = nlohmann::ordered_json;

// Where a command reads and writes, and what time it is; tests bring their own.
struct Surroundings {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::string profiles_folder;
  std::function<int64_t()> now_s;  // seconds since the epoch, UTC
  bool colours = false;            // whether `err` shows colours
};

class Shell {
 public:
  Shell(const Surroundings& around, client::Language language)
      : around_(around), catalogue_(language) {}

  const client::Catalogue& catalogue() const { return catalogue_; }
  std::string Text(std::string_view key, const Args& args = {}) const {
    return catalogue_.Text(key, args);
  }
  std::string Language() const { return std::string(client::CodeOf(catalogue_.language())); }

  std::ostream& out() { return around_.out; }
  std::ostream& err() { return around_.err; }
  int64_t now_s() const { return around_.now_s(); }
  std::string today() const;
  const std::string& profiles_folder() const { return around_.profiles_folder; }

  // The same surroundings with texts of that language.
  Shell In(client::Language language) const { return Shell(around_, language); }

  // One line of the result, and one line beside it.
  void Say(std::string_view key, const Args& args = {});
  void Note(std::string_view key, const Args& args = {});
  // The result for a program; ends the line.
  void Print(const Json& json);

  // Says what failed and what can be done, in the form asked for; returns the exit. `done` is what
  // was carried out before it failed: for a program it stands in the same object as the error.
  Exit Fail(const Failure& failure) { return Fail(failure, Json::object()); }
  Exit Fail(const Failure& failure, Json done);
  Exit Fail(Exit exit, std::string key, Args args = {}) {
    return Fail(Failure{exit, {std::move(key), std::move(args)}, nullptr});
  }

  // One line from the keyboard, tidied; empty optional at the end of input. `question` is printed
  // to `err`.
  std::optional<std::string> Ask(const std::string& question);
  // Whether the answer means yes; no at the end of input.
  bool Confirm(std::string_view key, const Args& args = {});

  // The profile chosen by --profile; loaded once.
  Result<client::Profile> Profile();
  // The connection of that profile; made once. Says on `err`, once and before any result, when the
  // node answers that the partnership is in exercise.
  Result<std::shared_ptr<client::Calls>> Node();
  // Says, once, that this is an exercise: what a node answers says so, or a file that is read.
  void SayExercise(std::string_view key = "exercise.banner");

  // Set by options.
  bool json = false;
  std::string profile_name;

 private:
  Surroundings around_;
  client::Catalogue catalogue_;
  std::shared_ptr<client::Calls> calls_;
  bool exercise_said_ = false;
};

// Why the node refused and what is possible: the rules' own words where they gave some, otherwise
// those of the catalogue for code and field; empty for a code that this command does not know.
std::string RefusalText(const Shell& shell, const node::v1::RefusalDetail& refusal);
// Where a row of a table stands, for people: "regel 7", and the spreadsheet's row where it differs.
std::string PlaceOf(const Shell& shell, const client::Remark& remark);
// "regel 7, veld wijk: ..." for people.
std::string RemarkText(const Shell& shell, const client::Remark& remark);
Json RemarkJson(const Shell& shell, const client::Remark& remark);

}  // namespace sluis::cli

#endif  // SLUIS_CLIENT_CLI_SHELL_H_
