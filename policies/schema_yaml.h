// Reads the declarations of packs: vocabularies, attributes, fields.
#ifndef SLUIS_POLICIES_SCHEMA_YAML_H_
#define SLUIS_POLICIES_SCHEMA_YAML_H_

#include "policies/attribute.h"
#include "policies/pack.h"
#include "policies/yaml_reader.h"

namespace sluis::policies {

// Each adds what `pack` declares to `schema`; complaints go to the reader. Vocabularies of all
// layers come first, then attributes, then fields.
void ReadVocabularies(const YamlReader& reader, const Pack& pack, Schema& schema);
void ReadAttributes(const YamlReader& reader, const Pack& pack, Schema& schema);
void ReadFields(const YamlReader& reader, const Pack& pack, Schema& schema);

}  // namespace sluis::policies

#endif  // SLUIS_POLICIES_SCHEMA_YAML_H_
