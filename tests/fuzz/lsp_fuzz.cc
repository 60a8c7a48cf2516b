// libFuzzer target: any bytes as what an editor sends: framing, messages, documents, requests, with
// a generator that answers at once.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "clients/lsp/frame_reader.h"
#include "clients/lsp/patch_edits.h"
#include "clients/lsp/server.h"

namespace {

using namespace cromwell;

class FixedGenerator final : public lsp::Generator {
 public:
  base::Result<std::string> complete(const lsp::CompletionQuery& query,
                                     base::CallSwitch&) override {
    return query.content.substr(0, 8);
  }
  // A patch that need not fit the document.
  base::Result<lsp::EditAnswer> edit(const lsp::EditQuery& query, const OnProgress&,
                                     base::CallSwitch&) override {
    return lsp::EditAnswer{.id = "ed_1", .patch = query.instruction};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static_cast<void>(lsp::patch_edits(bytes));
  FixedGenerator generator;
  lsp::Server server(generator, "0", [](std::string_view) {});
  lsp::FrameReader reader;
  // In two pieces: a message may be cut anywhere.
  for (const std::string_view piece : {bytes.substr(0, size / 2), bytes.substr(size / 2)}) {
    reader.push(piece);
    while (!server.has_exited()) {
      const auto content = reader.next();
      if (!content) return 0;
      if (!*content) break;
      server.receive(**content);
    }
  }
  return 0;
}
