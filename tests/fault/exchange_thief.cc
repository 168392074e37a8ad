#include "tests/fault/exchange_thief.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "server/core/received_exchange.h"
#include "server/core/record.h"
#include "server/core/sealing_key.h"
#include "server/core/sent_exchange.h"
#include "server/envelope/content.h"
#include "server/envelope/envelope.h"
#include "server/envelope/key_wrap.h"
#include "server/ledger/key_files.h"
#include "server/ledger/key_rows.h"
#include "tests/support/simulated_inode.h"

namespace sluis::fault {
namespace {

// Where a row's value follows its key in the files of the store, it does so within so many bytes.
constexpr size_t kNear = 64;

std::vector<std::pair<uint64_t, crypto::DataKey>> EpochKeysIn(const DiskBytes& files) {
  std::vector<std::pair<uint64_t, crypto::DataKey>> keys;
  for (const auto& [path, content] : files) {
    const size_t at = path.find("/kek-");
    if (at == std::string::npos || content.size() < ledger::kKeyFileBytes) continue;
    const uint64_t epoch = std::stoull(path.substr(at + 5));
    crypto::Secret<ledger::kKeyFileBytes> bytes;
    std::copy_n(content.begin(), ledger::kKeyFileBytes, bytes.mutable_span().begin());
    auto key = ledger::DecodeKeyFile(epoch, bytes);
    if (key.ok()) keys.emplace_back(epoch, *std::move(key));
  }
  return keys;
}

// The data keys of that name: every version of the key of its bucket that some key-encryption key
// opens, on everything that lies near the name.
std::vector<crypto::DataKey> DataKeys(const DiskBytes& files, const ledger::KeyRef& ref) {
  crypto::Random& random = crypto::SystemRandom();
  const crypto::DataKey any;
  const size_t bucket_wrap =
      ledger::WrapBucketKey(any, 1, 1, record::v1::BUCKET_USE_WRAP, any, random).size();
  const size_t pair_wrap = ledger::WrapKeyPair(any, ref, ledger::KeyPair(), random).size();
  std::vector<crypto::DataKey> bucket_keys;
  for (const auto& [epoch, kek] : EpochKeysIn(files)) {
    record::v1::Bucket bucket;
    bucket.set_number(ref.bucket);
    bucket.set_use(record::v1::BUCKET_USE_WRAP);
    bucket.set_key_epoch(epoch);
    for (const auto& [path, content] : files) {
      for (size_t at = 1; at + bucket_wrap <= content.size(); ++at) {
        // The length of the field stands before it.
        if (static_cast<uint8_t>(content[at - 1]) != bucket_wrap) continue;
        bucket.set_wrapped_key(content.substr(at, bucket_wrap));
        auto key = ledger::UnwrapBucketKey(kek, bucket);
        if (key.ok()) bucket_keys.push_back(*std::move(key));
      }
    }
  }
  std::vector<crypto::DataKey> found;
  // A table leaves out the first bytes of a key that the one before it has as well.
  const std::string name = std::string(crypto::View(ref.key_id)).substr(6);
  for (const auto& [path, content] : files) {
    for (size_t at = content.find(name); at != std::string::npos; at = content.find(name, at + 1)) {
      for (size_t from = at + name.size(); from < at + name.size() + kNear; ++from) {
        if (from + pair_wrap > content.size()) break;
        for (const crypto::DataKey& bucket_key : bucket_keys) {
          const auto pair = ledger::UnwrapKeyPair(
              bucket_key, ref, std::string_view(content).substr(from, pair_wrap));
          if (!pair.ok()) continue;
          crypto::DataKey data;
          std::copy_n(crypto::View(pair->expose()).begin(), 32, data.mutable_span().begin());
          found.push_back(std::move(data));
        }
      }
    }
  }
  return found;
}

ledger::KeyRef RefOf(uint32_t bucket, const std::string& key_id) {
  return {bucket, crypto::ToFixed<16>(key_id).value()};
}

record::v1::StoredRecord RecordRow(const core::View& view, const std::string& record_id) {
  const auto row = view.ReadRecordRow(record_id);
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? *row : record::v1::StoredRecord();
}

bool Opens(const crypto::DataKey& content_key, const KnownExchange& known) {
  return envelope::OpenContent(content_key, known.offer).ok();
}

// A write-ahead log of RocksDB without the headers of its fragments: what lies over the end of a
// block is in two pieces otherwise, and would not be found.
std::string WithoutFragmentHeaders(std::string_view log) {
  constexpr size_t kBlock = 32768, kHeader = 7, kRecyclableHeader = 11, kFirstRecyclable = 5;
  std::string joined;
  for (size_t block = 0; block < log.size(); block += kBlock) {
    std::string_view rest = log.substr(block, kBlock);
    while (rest.size() >= kHeader) {
      const auto byte = [&rest](size_t at) { return static_cast<uint8_t>(rest[at]); };
      const size_t length = static_cast<size_t>(byte(4) | byte(5) << 8);
      const size_t header = byte(6) < kFirstRecyclable ? kHeader : kRecyclableHeader;
      if (header + length > rest.size()) break;
      joined += rest.substr(header, length);
      rest.remove_prefix(header + length);
    }
  }
  return joined;
}

}  // namespace

DiskBytes FilesOf(const tests::SimulatedDisk& disk) {
  DiskBytes files;
  for (const std::string& path : disk.Paths()) {
    tests::SimulatedDisk::Node file;
    if (disk.Open(path, &file) != 0 || file->folder) continue;
    std::string content(disk.Size(file), '\0');
    content.resize(disk.Read(file, 0, content.size(), content.data()));
    if (path.ends_with(".log")) files[path + " joined"] = WithoutFragmentHeaders(content);
    files[path] = std::move(content);
  }
  return files;
}

bool AnyHolds(const DiskBytes& files, std::string_view bytes) {
  return std::any_of(files.begin(), files.end(), [bytes](const auto& file) {
    return file.second.find(bytes) != std::string::npos;
  });
}

std::string Overheard::Between(const std::string& one, const std::string& other) const {
  std::string all;
  for (const Envelope& envelope : envelopes) {
    if ((envelope.from == one && envelope.to == other) ||
        (envelope.from == other && envelope.to == one)) {
      all += envelope.request.SerializeAsString();
    }
  }
  return all;
}

KnownExchange Know(const MortalNode& sender, const MortalNode& recipient,
                   const record::v1::SentExchange& sent, const Overheard& overheard) {
  KnownExchange known;
  known.sent = sent;
  const std::string& exchange_id = sent.exchange_id();
  for (const Overheard::Envelope& one : overheard.envelopes) {
    const auto envelope = envelope::ReadEnvelope(one.request.envelope());
    if (!envelope.ok()) continue;
    for (size_t at = 0; at < envelope->leaves.size(); ++at) {
      if (envelope::BindingOf(envelope->leaves[at]).exchange_id() != exchange_id) continue;
      if (const auto* offer = std::get_if<peer::v1::Offer>(&envelope->leaves[at])) {
        known.offer = *offer;
        known.offer_digest = crypto::View(envelope::LeafDigest(envelope->leaf_bytes[at]));
      } else if (const auto* key = std::get_if<peer::v1::Key>(&envelope->leaves[at])) {
        known.receipt_digest = key->receipt_digest();
        known.key_at = at;
        known.key_envelope.clear();
        for (const envelope::Leaf& leaf : envelope->leaves) {
          known.key_envelope.push_back(std::get<peer::v1::Key>(leaf));
        }
      }
    }
  }
  sender.Look([&](const core::View& view) {
    const auto row = RecordRow(view, sent.record_id());
    known.record_at_sender = RefOf(row.bucket(), row.key_id());
  });
  recipient.Look([&](const core::View& view) {
    const auto received = core::ReadReceived(view, exchange_id);
    ASSERT_TRUE(received.ok()) << received.status();
    known.stored_at_recipient = RecordRow(view, received->row.record_id());
    known.record_at_recipient =
        RefOf(known.stored_at_recipient.bucket(), known.stored_at_recipient.key_id());
    const auto held = core::ReadSealingKey(view, received->row.sealing_key());
    ASSERT_TRUE(held.ok()) << held.status();
    known.sealing_public = received->row.sealing_key();
    known.sealing_key = held->row;
    known.one_time = held->ref;
  });
  return known;
}

std::set<std::string> WaysIn(const KnownExchange& known, const DiskBytes& sender,
                             const DiskBytes& recipient) {
  std::set<std::string> ways;
  for (const crypto::DataKey& key : DataKeys(sender, known.record_at_sender)) {
    const auto share = core::OpenShare(key, known.sent);
    if (share.ok() && Opens(share->key, known)) ways.insert("share");
  }
  for (const crypto::DataKey& key : DataKeys(recipient, known.record_at_recipient)) {
    if (core::OpenBody(key, known.stored_at_recipient).ok()) ways.insert("record");
  }
  for (const crypto::DataKey& key : DataKeys(recipient, known.one_time)) {
    const auto private_key =
        crypto::UnwrapKey(key, crypto::Lp("sluis/sealing-key/v1") + known.sealing_public,
                          known.sealing_key.sealed_private());
    if (!private_key.ok()) continue;
    const auto unwrapper = envelope::KeyUnwrapper::Open(known.key_envelope, *private_key);
    if (!unwrapper.ok()) continue;
    const auto content_key = unwrapper->Unwrap(known.key_envelope.at(known.key_at),
                                               crypto::ToFixed<32>(known.offer_digest).value(),
                                               crypto::ToFixed<32>(known.receipt_digest).value());
    if (content_key.ok() && Opens(*content_key, known)) ways.insert("link");
  }
  return ways;
}

}  // namespace sluis::fault
