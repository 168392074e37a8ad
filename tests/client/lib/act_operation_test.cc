#include "client/lib/act_operation.h"

#include <gtest/gtest.h>

#include "sluis/record/v1/entry.pb.h"

namespace sluis::client {
namespace {

using crypto::BytesView;

TEST(ActOperationTest, ReadsWhatTheWriterWrites) {
  record::v1::ActPart act;
  EXPECT_EQ(OperationOf(act.SerializeAsString()), 0u);
  act.set_method("SignalService.EraseSignal");
  act.add_rule_ids("regel");
  act.set_exact_time_us(1'790'000'000'000'000);
  act.set_exercise(true);
  for (int operation = 0; operation <= 8; ++operation) {
    act.set_operation(static_cast<record::v1::Operation>(operation));
    EXPECT_EQ(OperationOf(act.SerializeAsString()), static_cast<uint32_t>(operation));
  }
  EXPECT_EQ(kErasureOperation, static_cast<uint32_t>(record::v1::OPERATION_ERASURE));
}

TEST(ActOperationTest, TheLastOneCounts) {
  EXPECT_EQ(OperationOf(BytesView("\x08\x06\x08\x03", 4)), 3u);
  EXPECT_EQ(OperationOf(BytesView("\x08\x03\x12\x01x\x08\x06", 7)), 6u);
}

TEST(ActOperationTest, PassesOverOtherTypes) {
  EXPECT_EQ(OperationOf(BytesView("\x11\x08\x06\x08\x06\x08\x06\x08\x06"
                                  "\x1d\x08\x06\x08\x06"
                                  "\x0a\x02\x08\x06",
                                  18)),
            0u)
      << "field 1 of another type is not the operation";
}

TEST(ActOperationTest, WhatIsNoMessageHasNoOperation) {
  for (const BytesView bytes :
       {BytesView("\x08", 1), BytesView("\x08\x86", 2), BytesView("\x00\x06", 2),
        BytesView("\x12\x05x", 3), BytesView("\x11\x01\x02", 3), BytesView("\x1d\x01", 2),
        BytesView("\x0b\x0c", 2), BytesView("\x0e\x01", 2),
        BytesView("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12),
        BytesView("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01x", 12)}) {
    EXPECT_EQ(OperationOf(bytes), std::nullopt) << crypto::HexEncode(bytes);
  }
}

}  // namespace
}  // namespace sluis::client
