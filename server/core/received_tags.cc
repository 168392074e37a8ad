#include "server/core/received_tags.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/sealing.h"
#include "server/core/asked_evaluation.h"
#include "server/core/question.h"
#include "server/core/record_act.h"
#include "server/core/shared_tags.h"
#include "server/ledger/row.h"
#include "sluis/record/v1/tags.pb.h"

namespace sluis::core {
namespace {

using evaluation::Tag;
using ledger::RowKey;
using ledger::Table;
using record::v1::ReceivedTag;

constexpr std::string_view kKeyLabel = "sluis/tag-index-key/v1";
constexpr std::string_view kTagLabel = "sluis/received-tag/v1";
constexpr uint32_t kVersion = 1;

std::string DataOf(std::string_view row_key) {
  std::string data = crypto::Lp(kTagLabel);
  data += row_key;
  return data;
}

std::string IndexPrefix(const Tag& index) { return RowKey(Table::kTagIndex, crypto::View(index)); }

std::string TagsKey(std::string_view record, const Tag& index, std::string_view sender) {
  std::string key = TagsOf(record);
  key += crypto::View(index);
  crypto::AppendLp(key, sender);
  return key;
}

// What the key of a row `l` says beside the record.
struct Place {
  Tag index{};
  std::string sender;
};
std::optional<Place> PlaceOf(std::string_view key, size_t prefix) {
  crypto::Reader reader(key.substr(prefix));
  crypto::BytesView index;
  crypto::BytesView sender;
  if (!reader.Fixed(Tag{}.size(), &index) || !reader.Lp(key.size(), &sender) ||
      reader.remaining() != 0) {
    return std::nullopt;
  }
  return Place{crypto::ToFixed<32>(index).value(), std::string(sender)};
}

struct StoredTag {
  std::string key;
  std::optional<Place> place;  // nothing when the key cannot be read
};
absl::StatusOr<std::vector<StoredTag>> TagsIn(const View& view, std::string_view record) {
  std::vector<StoredTag> tags;
  const std::string prefix = TagsOf(record);
  const absl::Status visited = view.snapshot().Scan(
      prefix, storage::PrefixEnd(prefix), [&](std::string_view key, std::string_view) {
        tags.push_back({std::string(key), PlaceOf(key, prefix.size())});
        return true;
      });
  if (!visited.ok()) return visited;
  return tags;
}

// The tag of an opened record that is under this row; nothing when there is none that can be read.
absl::StatusOr<std::optional<ReceivedTag>> ReadTag(const View& view, const OpenedRecord& record,
                                                   const std::string& key) {
  const absl::StatusOr<ledger::Row> row = ledger::ReadRow(view.snapshot(), key);
  if (absl::IsDataLoss(row.status())) return std::nullopt;
  if (!row.ok()) return row.status();
  const absl::StatusOr<crypto::Bytes> plain =
      crypto::Open(record.keys.data, DataOf(key), row->value);
  ReceivedTag tag;
  if (!plain.ok() || !tag.ParseFromString(*plain) || tag.version() != kVersion) {
    return std::nullopt;
  }
  return tag;
}

// Records under one index, of each sender so many and no more.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> FoundUnder(const View& view,
                                                                            const Tag& index) {
  std::vector<std::pair<std::string, std::string>> found;  // record and sender
  const std::string prefix = IndexPrefix(index);
  const std::string end = storage::PrefixEnd(prefix);
  std::string from = prefix;
  while (!from.empty()) {
    std::string sender;
    size_t of_sender = 0;
    std::string next;
    const absl::Status visited =
        view.snapshot().Scan(from, end, [&](std::string_view key, std::string_view) {
          crypto::Reader reader(key.substr(prefix.size()));
          crypto::BytesView who;
          crypto::BytesView record;
          if (!reader.Lp(key.size(), &who) || !reader.Fixed(kRecordIdBytes, &record) ||
              reader.remaining() != 0) {
            return true;  // it must keep nobody from the others
          }
          if (who != sender) {
            sender = std::string(who);
            of_sender = 0;
          }
          if (++of_sender > kLookedAtPerSender) {
            next = storage::PrefixEnd(prefix + crypto::Lp(sender));
            return false;
          }
          found.emplace_back(record, who);
          return true;
        });
    if (!visited.ok()) return visited;
    from = std::move(next);
  }
  return found;
}

}  // namespace

crypto::Secret<32> TagKeyOf(const crypto::Secret<32>& case_key) {
  return crypto::HmacSha256Secret(crypto::View(case_key.expose()), {kKeyLabel});
}

std::string TagIndexKey(const Tag& index, std::string_view sender, std::string_view record) {
  std::string key = IndexPrefix(index);
  crypto::AppendLp(key, sender);
  key += record;
  return key;
}

std::string TagsOf(std::string_view record) {
  return RowKey(Table::kReceivedTag, crypto::Lp(record));
}

std::string SealReceivedTag(const crypto::DataKey& record_key, const TagWrite& tag,
                            crypto::Random& random) {
  return crypto::Seal(record_key, DataOf(tag.row_key), tag.plain, random);
}

absl::Status KeepTags(const Call& call, const View& view, const crypto::Secret<32>& tag_key,
                      std::string_view sender, std::vector<peer::v1::ShareTag> tags,
                      Effect& effect) {
  RecordWrite& write = *effect.record;
  std::erase_if(tags,
                [&call](const peer::v1::ShareTag& tag) { return !MayCross(call, tag.kind()); });
  if (tags.empty() || write.body.purpose().empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<KeyForTags>> usable = KeysForTags(call, view, write.body.purpose());
  // A key that cannot be read must not keep the record from coming in.
  if (absl::IsDataLoss(usable.status())) return absl::OkStatus();
  if (!usable.ok()) return usable.status();
  const auto under = std::find_if(usable->rbegin(), usable->rend(), [&](const KeyForTags& one) {
    return std::any_of(tags.begin(), tags.end(),
                       [&one](const auto& tag) { return tag.key_id() == one.key_id; });
  });
  if (under == usable->rend()) return absl::OkStatus();
  std::erase_if(tags, [&](const peer::v1::ShareTag& tag) { return tag.key_id() != under->key_id; });
  effect.preconditions.push_back(under->rests_on);
  const std::string& id = write.row.record_id();
  std::set<std::string> keys;
  for (const peer::v1::ShareTag& tag : tags) {
    const Tag index = evaluation::TagIndex(tag_key, write.body.case_ref(),
                                           crypto::ToFixed<32>(tag.tag()).value());
    std::string key = TagsKey(id, index, sender);
    // Of two kinds with the same tag, which nobody computed, one.
    if (!keys.insert(key).second) continue;
    ReceivedTag plain;
    plain.set_version(kVersion);
    plain.set_key_id(tag.key_id());
    plain.set_kind(tag.kind());
    plain.set_tag(tag.tag());
    effect.rows.push_back({TagIndexKey(index, sender, id), std::string()});
    write.tags.push_back({std::move(key), plain.SerializeAsString()});
  }
  if (!write.tags.empty()) NotePerson(id, effect);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> TagRowsOf(const View& view, std::string_view record,
                                                   bool all) {
  absl::StatusOr<std::vector<StoredTag>> tags = TagsIn(view, record);
  if (!tags.ok()) return tags.status();
  std::vector<std::string> rows;
  for (StoredTag& tag : *tags) {
    if (tag.place) rows.push_back(TagIndexKey(tag.place->index, tag.place->sender, record));
    if (all) rows.push_back(std::move(tag.key));
  }
  return rows;
}

absl::Status ForgetTags(const View& view, const record::v1::StoredRecord& record, Effect& effect) {
  absl::StatusOr<std::vector<std::string>> rows =
      TagRowsOf(view, record.record_id(), !record.has_hold());
  if (!rows.ok()) return rows.status();
  for (std::string& row : *rows) effect.rows.push_back({std::move(row), std::nullopt});
  return absl::OkStatus();
}

absl::StatusOr<const OpenedRecord*> SamePersons::Listable(const std::string& id) {
  const auto [at, fresh] = asked_.try_emplace(id);
  if (!fresh) return at->second.get();
  absl::StatusOr<std::shared_ptr<const OpenedRecord>> other = view_.OpenRecord(id);
  if (absl::IsNotFound(other.status()) || absl::IsDataLoss(other.status())) return nullptr;
  if (!other.ok()) return other.status();
  if ((*other)->row.state() == record::v1::RECORD_STATE_OPEN &&
      Ask(call_, "list", FactsOf(call_, **other)).permitted()) {
    at->second = *std::move(other);
  }
  return at->second.get();
}

absl::StatusOr<SamePersons::Found> SamePersons::Of(const OpenedRecord& record,
                                                   const std::set<std::string>& named) {
  Found out;
  if (!record.body.has_received() || record.row.state() != record::v1::RECORD_STATE_OPEN) {
    return out;
  }
  const absl::StatusOr<std::vector<StoredTag>> own = TagsIn(view_, record.row.record_id());
  if (!own.ok()) return own.status();
  std::map<std::string, node::v1::SamePerson> same;
  std::map<std::string, size_t> of_sender;
  size_t added = 0;
  for (const auto& [key, place] : *own) {
    const absl::StatusOr<std::optional<ReceivedTag>> tag = ReadTag(view_, record, key);
    if (!tag.ok()) return tag.status();
    if (!place || !tag->has_value()) continue;
    const auto found = FoundUnder(view_, place->index);
    if (!found.ok()) return found.status();
    for (const auto& [id, sender] : *found) {
      const bool known = same.contains(id);
      if (id == record.row.record_id() || (!known && of_sender[sender] == kPerSender)) continue;
      if (looks_ == kMaxLooks) {
        out.cut = true;
        break;
      }
      ++looks_;
      const absl::StatusOr<const OpenedRecord*> other = Listable(id);
      if (!other.ok()) return other.status();
      if (*other == nullptr || (*other)->body.purpose() != record.body.purpose()) continue;
      const absl::StatusOr<std::optional<ReceivedTag>> its =
          ReadTag(view_, **other, TagsKey(id, place->index, sender));
      if (!its.ok()) return its.status();
      // What one sender calls a number and another a name is neither.
      if (!its->has_value() || (*its)->kind() != (*tag)->kind() ||
          (*its)->key_id() != (*tag)->key_id()) {
        continue;
      }
      if (!known) {
        const bool is_new = !named.contains(id);
        if (is_new && named.size() + added >= kMaxNamed) {
          out.cut = true;
          continue;
        }
        if (is_new) ++added;
        ++of_sender[sender];
      }
      node::v1::SamePerson& one = same[id];
      one.set_record_id(id);
      one.set_sender(sender);
      one.add_kinds((*tag)->kind());
      unchanged_.emplace(RecordKey(id), (*other)->stamp);
    }
  }
  for (auto& [id, one] : same) {
    std::sort(one.mutable_kinds()->begin(), one.mutable_kinds()->end());
    out.records.push_back(std::move(one));
  }
  return out;
}

}  // namespace sluis::core
