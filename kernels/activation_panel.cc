#include "kernels/activation_panel.h"

#include <cstring>

namespace cromwell::kernels {

void clear_marks(const ActivationPanel& panel) {
  const auto marks = static_cast<std::size_t>(panel.chunks() * panel.row_blocks());
  std::memset(panel.marks, 0, marks * sizeof *panel.marks);
}

}  // namespace cromwell::kernels
