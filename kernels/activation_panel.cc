#include "kernels/activation_panel.h"

namespace cromwell::kernels {

void gather_remainders(const ActivationPanel& panel, int block_begin, int block_end) {
  for (int chunk = 0; chunk < panel.chunks(); ++chunk) {
    const int tokens = panel.chunk_tokens(chunk);
    for (int block = block_begin; block < block_end; ++block) {
      ActivationBlock* places = panel.remainders + panel.begin(chunk, block);
      int kept = 0;
      for (int t = 0; t < tokens; ++t) {
        if (places[t].scale == 0) continue;
        if (kept != t) places[kept] = places[t];
        ++kept;
      }
      panel.remainder_count(chunk, block) = kept;
    }
  }
}

}  // namespace cromwell::kernels
