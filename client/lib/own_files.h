// Files of the person or the node that runs the program: read with a bound, written whole.
//
// Guarantee: WriteNew never replaces a file; after success the bytes and the name are on stable
// storage. ReadSecret refuses a file that anyone but its owner could read or write. Not guaranteed:
// that the folder above was private; CheckPrivateFolder says that. Thread-safety: the file
// system's. Errors: a Failure with Exit::kUsage, whose message names path and remedy.
#ifndef SLUIS_CLIENT_LIB_OWN_FILES_H_
#define SLUIS_CLIENT_LIB_OWN_FILES_H_

#include <string>
#include <string_view>

#include "client/lib/message.h"

namespace sluis::client {

enum class FileMode { kPrivate, kPublic };  // 0600, 0644

Result<std::string> ReadWhole(const std::string& path, size_t max_bytes);
// The same for a private key; wipe the text after use.
Result<std::string> ReadSecret(const std::string& path, size_t max_bytes);

Step WriteNew(const std::string& path, std::string_view bytes, FileMode mode);
// Replaces the file whole, or leaves the old one.
Step WriteOver(const std::string& path, std::string_view bytes, FileMode mode);

// Makes the folder and those above it that are missing, each 0700; an existing one stays as it is.
Step MakePrivateFolder(const std::string& path);
// Refuses a folder that others may enter.
Step CheckPrivateFolder(const std::string& path);

bool Exists(const std::string& path);

}  // namespace sluis::client

#endif  // SLUIS_CLIENT_LIB_OWN_FILES_H_
