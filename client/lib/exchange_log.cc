#include "client/lib/exchange_log.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "client/lib/export_reader.h"

namespace sluis::client {
namespace {

using record::v1::CounterpartPart;

constexpr std::string_view kLogSuffix = "/log";
constexpr size_t kExchangeIdBytes = 16;
constexpr size_t kDigestBytes = 32;
constexpr size_t kMaxIdBytes = 120;
constexpr size_t kMaxWordBytes = 32;

bool IsDigestOrEmpty(const std::string& bytes) {
  return bytes.empty() || bytes.size() == kDigestBytes;
}

// The fixed words of kinds and outcomes, also those of a later version.
bool IsWord(const std::string& text) {
  return text.size() <= kMaxWordBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || c == '_' || c == '-';
         });
}

// Ids of organisations and partnerships are host names.
bool IsId(const std::string& text) {
  return text.size() <= kMaxIdBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

bool IsOfForm(const CounterpartPart& part) {
  const std::string& id = part.exchange_id();
  return (id.empty() || id.size() == kExchangeIdBytes) &&
         (part.side().empty() || part.side() == "sender" || part.side() == "receiver") &&
         IsWord(part.kind()) && IsWord(part.outcome()) && !part.peer().empty() &&
         IsId(part.peer()) && IsId(part.partnership()) && IsDigestOrEmpty(part.message_digest()) &&
         IsDigestOrEmpty(part.offer_digest()) && IsDigestOrEmpty(part.terms_digest()) &&
         IsDigestOrEmpty(part.peer_leaf_hash()) && IsDigestOrEmpty(part.peer_root()) &&
         (part.peer_size() == 0) == part.peer_root().empty();
}

uint64_t TimeOf(crypto::BytesView leaf) {
  crypto::Reader reader(leaf);
  uint32_t word = 0;
  uint64_t index = 0;
  uint64_t time_us = 0;
  reader.U32(&word);
  reader.U32(&word);
  reader.U64(&index);
  reader.U64(&time_us);
  return time_us;
}

// Whether a part is open that an export for a partner keeps closed.
bool OpensMore(const VerifyReport& report) {
  return std::any_of(kLogParts.begin(), kLogParts.end(), [&](LogPart part) {
    return part != LogPart::kCounterpart && report.parts[PlaceOf(part)].open > 0;
  });
}

}  // namespace

std::string OrganisationOf(const std::string& origin) {
  if (origin.size() <= kLogSuffix.size() ||
      origin.compare(origin.size() - kLogSuffix.size(), std::string::npos, kLogSuffix) != 0) {
    return {};
  }
  const std::string organisation = origin.substr(0, origin.size() - kLogSuffix.size());
  return IsId(organisation) ? organisation : std::string();
}

absl::StatusOr<CounterpartPart> ReadCounterpart(crypto::BytesView bytes) {
  CounterpartPart part;
  if (bytes.size() > kMaxExportPartBytes ||
      !part.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !IsOfForm(part)) {
    return absl::InvalidArgumentError("a counterpart part that no node logs");
  }
  return part;
}

absl::StatusOr<ExchangeLog> ReadExchangeLog(std::istream& input, const std::string& verifier_key) {
  ExchangeLog log;
  bool too_many = false;
  bool bad_part = false;
  VerifyOptions options;
  options.verifier_key = verifier_key;
  options.counterpart = [&](uint64_t index, crypto::BytesView leaf, crypto::BytesView bytes) {
    // An act on the own node has an empty part: no business of the partner, and none of ours.
    if (bytes.empty()) return;
    if (log.entries.size() == kMaxExchangeEntries) {
      too_many = true;
      return;
    }
    absl::StatusOr<CounterpartPart> part = ReadCounterpart(bytes);
    if (!part.ok()) {
      bad_part = true;
      return;
    }
    log.entries.push_back({index, TimeOf(leaf), crypto::LeafHash(leaf), *std::move(part)});
  };
  absl::StatusOr<VerifyReport> report = VerifyExport(input, options);
  if (!report.ok()) return report.status();
  if (too_many) return absl::ResourceExhaustedError("more entries than can be reconciled at once");
  log.report = *std::move(report);
  log.organisation = OrganisationOf(log.report.origin);
  if (log.organisation.empty()) {
    log.fault = "origin";
  } else if (bad_part) {
    log.fault = "part";
  } else if (OpensMore(log.report)) {
    log.fault = "opens_more";
  }
  return log;
}

absl::StatusOr<std::map<uint64_t, crypto::Hash>> RootsAt(std::istream& input,
                                                         const std::set<uint64_t>& sizes) {
  std::map<uint64_t, crypto::Hash> roots;
  ExportReader reader(input);
  const absl::StatusOr<ExportHeader> header = reader.ReadHeader();
  if (!header.ok()) return header.status();
  crypto::CompactRange tree;
  ExportEntry entry;
  for (uint64_t done = 0; done < header->count && roots.size() < sizes.size(); ++done) {
    if (absl::Status status = reader.Next(entry); !status.ok()) return status;
    if (entry.hash_only || entry.damaged) {
      const absl::StatusOr<crypto::Hash> hash = crypto::ToFixed<32>(entry.leaf_hash);
      if (!hash.ok()) return hash.status();
      tree.Append(*hash);
    } else {
      tree.Append(crypto::LeafHash(entry.leaf));
    }
    if (sizes.count(done + 1) > 0) roots[done + 1] = tree.Head().root;
  }
  return roots;
}

}  // namespace sluis::client
