// Pass times of a machine on which a guess costs a sixteenth of a pass, so that how much is guessed
// in a test does not depend on the machine that runs it.
#pragma once

#include "engine/pass_cost.h"

namespace cromwell::fakes {

inline constexpr engine::PassTimes kCheapColumns{1,      1.0625, 1.1875, 1.4375,
                                                 1.9375, 2.9375, 4.9375, 8.9375};

}  // namespace cromwell::fakes
