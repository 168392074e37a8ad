#ifndef SLUIS_TESTS_FAULT_EXCHANGE_THIEF_H_
#define SLUIS_TESTS_FAULT_EXCHANGE_THIEF_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "crypto/sealing.h"
#include "server/core/view.h"
#include "server/ledger/keyring.h"
#include "sluis/peer/v1/exchange.pb.h"
#include "sluis/peer/v1/peer.pb.h"
#include "sluis/record/v1/exchange.pb.h"
#include "sluis/record/v1/ledger.pb.h"
#include "tests/fault/mortal_node.h"

namespace sluis::fault {

// Every file of a disk by its path, as bytes: what was deleted or replaced and still lies in some
// file of the store included. A write-ahead log is there once more without the headers that break
// up what crosses its blocks.
using DiskBytes = std::map<std::string, std::string>;
DiskBytes FilesOf(const tests::SimulatedDisk& disk);
bool AnyHolds(const DiskBytes& files, std::string_view bytes);

// What was heard on the link between nodes, as they sent it.
struct Overheard {
  struct Envelope {
    std::string from, to;
    peer::v1::DeliverRequest request;
  };
  std::vector<Envelope> envelopes;
  // All of it between two of them, in either direction.
  std::string Between(const std::string& one, const std::string& other) const;
};

// One exchange as somebody knows it who took down every row of both nodes while it was there.
struct KnownExchange {
  peer::v1::Offer offer;
  std::string offer_digest, receipt_digest;
  std::vector<peer::v1::Key> key_envelope;  // all leaves of the envelope that brought its key
  size_t key_at = 0;                        // its own among them
  // Rows, and the names of the keys that seal what is in them.
  record::v1::SentExchange sent;
  ledger::KeyRef record_at_sender, record_at_recipient, one_time;
  record::v1::StoredRecord stored_at_recipient;
  std::string sealing_public;
  record::v1::SealingKey sealing_key;
};
// `sent`: the row of the sender as it was while the key had not been given.
KnownExchange Know(const MortalNode& sender, const MortalNode& recipient,
                   const record::v1::SentExchange& sent, const Overheard& overheard);

// The ways in which the content opens with these files of the two nodes, with the key-encryption
// keys among them and with what was overheard: "record", "share", "link"; none when it does not.
std::set<std::string> WaysIn(const KnownExchange& known, const DiskBytes& sender,
                             const DiskBytes& recipient);

}  // namespace sluis::fault

#endif  // SLUIS_TESTS_FAULT_EXCHANGE_THIEF_H_
