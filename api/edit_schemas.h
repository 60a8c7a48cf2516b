// The answers of /v1/edit described for /openapi.json; api/edit_wire makes them. Any thread.
#pragma once

#include "api/json_writer.h"

namespace cromwell::api {

JsonOut edit_events_header_schema();
JsonOut edit_schema();         // the answer in one
JsonOut edit_event_schemas();  // name of an event -> schema of its data

}  // namespace cromwell::api
