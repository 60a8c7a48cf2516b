// Fingerprint: tells the weights of one model file from those of another without reading all of
// them. Pure.
#pragma once

#include <string>

#include "model/gguf.h"

namespace cromwell::model {

// A hash of the metadata, of every tensor's name, type and shape, and of samples of its bytes.
std::string weights_fingerprint(const GgufFile& file);

}  // namespace cromwell::model
