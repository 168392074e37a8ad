// A reveal, rows of a holder, of an owner and of who is asked for matches, and opened subject parts
// that are read are within bounds and have one encoding, and a row
// that is read can be counted and let go again.
#include "server/evaluation/book.h"
#include "server/evaluation/hidden_subject.h"
#include "server/evaluation/holder.h"
#include "server/evaluation/kept_element.h"
#include "server/evaluation/limits.h"
#include "server/evaluation/match_desk.h"
#include "tests/fuzz/server/evaluation/evaluation_world.h"

using namespace sluis;  // NOLINT: a fuzz target is one function
using fuzz::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const crypto::BytesView input = crypto::View(std::span(data, size));
  if (const auto reveal = evaluation::ReadReveal(input); reveal.ok()) {
    Require(input.size() <= evaluation::kMaxRevealBytes);
    Require(reveal->Serialise() == input);
    Require(reveal->body.nonces_size() <= static_cast<int>(evaluation::kMaxPeriodDays));
  }
  if (const auto held = evaluation::ReadHeldReveal(input); held.ok()) {
    Require(evaluation::StoredFormOf(*held).bytes == input);
  }
  if (const auto held = evaluation::ReadHeldList(input); held.ok()) {
    Require(held->bytes.size() <= evaluation::kMaxListBytes);
  }
  if (const auto kept = evaluation::ReadKeptElement(input); kept.ok()) {
    Require(identity::View(evaluation::PlainFormOf(*kept)) == input);
  }
  const std::vector<std::string> rows = {std::string(input)};
  if (const auto desk = evaluation::MatchDesk::From(0, rows); desk.ok()) {
    Require(desk->taken() == 1);
  }
  Require(!evaluation::CheckSubject("livc-r.vaartland.example", "hulp", input, 1, crypto::Hash{}));
  const auto row = evaluation::ReadHeldRow(input);
  if (!row.ok()) return 0;
  Require(evaluation::StoredFormOf(*row).bytes == input);
  evaluation::Book book{evaluation::Caps{}};
  book.Put(*row);
  Require(book.RoomFor(*row) == evaluation::Room::kUsed);
  Require(book.OfDay(row->asker(), row->key_id(), evaluation::DayOf(row->taken_at_s())).size() ==
          1);
  book.Remove(*row);
  Require(book.RoomFor(*row) == evaluation::Room::kFree);
  return 0;
}
