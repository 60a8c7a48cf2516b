#include "api/ids.h"

#include <random>

namespace cromwell::api {

std::string make_id(std::string_view prefix) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr int kWords = 3;
  std::random_device random;
  std::string id(prefix);
  for (int word = 0; word < kWords; ++word) {
    auto bits = random();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) id.push_back(kHex[bits & 15U]);
  }
  return id;
}

}  // namespace cromwell::api
