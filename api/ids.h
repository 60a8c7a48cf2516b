// Ids of answers: a prefix and 24 random hex digits. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace cromwell::api {

std::string make_id(std::string_view prefix);

}  // namespace cromwell::api
