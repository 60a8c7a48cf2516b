// Text from the engine in this process: the same parts as the daemon's, made for one caller.
#include <algorithm>
#include <utility>

#include "clients/cli/local_engine.h"
#include "clients/cli/text_source.h"
#include "edit/fill_place.h"
#include "workspace/workspace.h"

namespace cromwell::cli {
namespace {

using base::Result;
using OnText = TextSource::OnText;

constexpr int kDefaultCompletionTokens = 128;

const char* reason_name(engine::FinishReason reason) {
  if (reason == engine::FinishReason::kStop) return "stop";
  return reason == engine::FinishReason::kLength ? "length" : "cancelled";
}

class LocalText final : public TextSource {
 public:
  explicit LocalText(std::unique_ptr<LocalEngine> engine) : engine_(std::move(engine)) {}

  Result<TextAnswer> chat(const ChatJob& job, const OnText& on_text,
                          base::CallSwitch& call_switch) override {
    const engine::LoadedModel& loaded = engine_->loaded();
    if (!loaded.chat_template) return loaded.chat_template_error;
    engine::GenerateRequest request{.session = job.session};
    CROMWELL_ASSIGN(request.prompt,
                    loaded.chat_template->render_ids(job.messages, true, *loaded.tokenizer));
    request.max_tokens = job.options.max_tokens.value_or(loaded.context_length);
    return generate(std::move(request), job.options, on_text, call_switch);
  }

  Result<TextAnswer> complete(const CompleteJob& job, const OnText& on_text,
                              base::CallSwitch& call_switch) override {
    const engine::LoadedModel& loaded = engine_->loaded();
    const FileLocation& location = job.locations.front();
    CROMWELL_ASSIGN(const auto folder, workspace::Workspace::open({location.workspace}));
    const edit::FillPlace place{.workspace = location.workspace,
                                .file = location.files.front(),
                                .line = job.line,
                                .column = job.column};
    CROMWELL_ASSIGN(const edit::FillSource source,
                    edit::read_place({*folder, {}, *loaded.tokenizer}, place,
                                     edit::default_context_tokens(loaded.parameters)));
    engine::GenerateRequest request;
    request.max_tokens = job.options.max_tokens.value_or(kDefaultCompletionTokens);
    const int room = std::max(edit::kMinFillTokens, loaded.context_length - request.max_tokens);
    CROMWELL_ASSIGN(edit::FillPrompt fill,
                    edit::make_fill_prompt(source.text, std::min(room, job.context.value_or(room)),
                                           *loaded.tokenizer));
    request.prompt = std::move(fill.ids);
    request.stop = std::move(fill.stop);
    return generate(std::move(request), job.options, on_text, call_switch);
  }

 private:
  Result<TextAnswer> generate(engine::GenerateRequest request, const TextOptions& options,
                              const OnText& on_text, base::CallSwitch& call_switch) {
    request.sampling.temperature = options.temperature;
    request.sampling.top_p = 0.95F;
    request.sampling.seed = options.seed;
    TextAnswer answer;
    CROMWELL_ASSIGN(const engine::Finished finished, engine_->generate(
                                                         std::move(request),
                                                         [&](std::string_view text) {
                                                           answer.text += text;
                                                           on_text(text);
                                                         },
                                                         call_switch));
    answer.finish_reason = reason_name(finished.reason);
    answer.prompt_tokens = finished.usage.prompt_tokens;
    answer.completion_tokens = finished.usage.completion_tokens;
    return answer;
  }

  std::unique_ptr<LocalEngine> engine_;
};

}  // namespace

Result<std::unique_ptr<TextSource>> local_text(const std::string& model_path) {
  CROMWELL_ASSIGN(auto engine, LocalEngine::open(model_path));
  return std::unique_ptr<TextSource>(std::make_unique<LocalText>(std::move(engine)));
}

}  // namespace cromwell::cli
