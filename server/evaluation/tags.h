// What leaves the owner of a record in the place of the element that stands for a person: 32 bytes,
// each for one use.
//
//   share tag    HMAC-SHA256(N, lp("share") || lp(key id) || lp(recipient))
//   match token  HMAC-SHA256(N, lp("match") || lp(key id) || lp(asker) || lp(asked) || lp(u32 day))
//   tag index    HMAC-SHA256(key of the recipient, lp("tag-index") || lp(case) || lp(tag))
//
// N is the element, sealed where it was made; the day is UTC, in days since 1970-01-01.
//
// Guarantee: who has not N cannot tell tags of one person for two recipients, two keys (purposes,
// epochs) or two days, nor a tag from a token, from those of two persons. One recipient links what
// it received under one key: that is what a share tag is for; by case it looks them up under its
// own index only. Not guaranteed: anything against who has N: it computes all tags of its person.
// That a token is used once is for who takes it to see. Time depends on lengths only.
// Thread-safety: pure. Source: "Tags" in docs/formats.md.
#ifndef SLUIS_SERVER_EVALUATION_TAGS_H_
#define SLUIS_SERVER_EVALUATION_TAGS_H_

#include <cstdint>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/group.h"
#include "crypto/secret.h"

namespace sluis::evaluation {

using Tag = crypto::FixedBytes<32>;

// `recipient` is the organisation that the tag is for.
Tag ShareTag(const crypto::oprf::SecretElement& element, const crypto::Hash& key_id,
             std::string_view recipient);

// Of a question by `asker` to `asked`, both organisations, on that day.
Tag MatchToken(const crypto::oprf::SecretElement& element, const crypto::Hash& key_id,
               std::string_view asker, std::string_view asked, uint32_t day);

// Under what a recipient keeps a tag that it received in one of its cases.
Tag TagIndex(const crypto::Secret<32>& local_key, std::string_view case_ref, const Tag& tag);

}  // namespace sluis::evaluation

#endif  // SLUIS_SERVER_EVALUATION_TAGS_H_
