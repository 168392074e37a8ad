// Private Ed25519 keys on this machine's disk; crypto/key_file.h has the bytes.
//
// Guarantee: a key comes out only for the purpose asked, from a file that only its owner can read.
// Not guaranteed: that it is still valid; `not_after` is for the caller to compare. Thread-safety:
// the file system's. Errors: a Failure with Exit::kUsage.
#ifndef SLUIS_CLIENT_LIB_KEY_FILE_H_
#define SLUIS_CLIENT_LIB_KEY_FILE_H_

#include <string>

#include "client/lib/message.h"
#include "crypto/key_file.h"

namespace sluis::client {

Result<crypto::KeyFile> ReadKey(const std::string& path, crypto::KeyPurpose purpose);

// Makes a new key and its file; never replaces one.
Result<crypto::KeyFile> MakeKey(const std::string& path, crypto::KeyPurpose purpose,
                                const std::string& not_after);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_KEY_FILE_H_
