// /openapi.json: OpenAPI 3.1, made from the table of routes and the tables of fields. Any thread.
#pragma once

#include <string>

#include "api/json_writer.h"

namespace cromwell::api {

JsonOut openapi_document(const std::string& version);

}  // namespace cromwell::api
