#include "api/llama_server_wire.h"

#include "api/chat_wire.h"

namespace cromwell::api {

const FieldTable<ApplyTemplateBody>& apply_template_fields() {
  using Body = ApplyTemplateBody;
  static const auto table = [] {
    FieldTable<Body> fields;
    fields
        .custom("messages", &Body::messages, messages_schema("As in /v1/chat/completions."),
                read_messages)
        .required()
        .boolean("add_generation_prompt", &Body::add_generation_prompt,
                 "The prompt ends where the answer begins.");
    add_tools(fields, &Body::tools);
    return fields;
  }();
  return table;
}

JsonOut props_schema() {
  return schema::object(
      {{"default_generation_settings",
        schema::object({{"params", schema::ref("LlamaSettings")},
                        {"n_ctx", schema::integer("tokens of prompt and answer")}})},
       {"total_slots", schema::integer("generations that run side by side")},
       {"model_alias", schema::text()},
       {"model_path", schema::text("the model's name: where its file is, is not said")},
       {"modalities",
        schema::object({{"vision", schema::boolean()}, {"audio", schema::boolean()}})},
       {"endpoint_slots", schema::boolean()},
       {"endpoint_props", schema::boolean("whether properties can be set: never")},
       {"endpoint_metrics", schema::boolean()},
       {"chat_template", schema::text("the text in the model's file")},
       {"bos_token", schema::text()},
       {"eos_token", schema::text()},
       {"build_info", schema::text()},
       {"is_sleeping", schema::boolean("never")}});
}

JsonOut slots_schema() {
  return schema::list(schema::object({{"id", schema::integer()},
                                      {"n_ctx", schema::integer()},
                                      {"speculative", schema::boolean()},
                                      {"is_processing", schema::boolean()}}));
}

}  // namespace cromwell::api
