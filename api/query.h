// A request's query as fields: read by the same tables as a body, so that the description in
// /openapi.json comes from them too. Any thread.
#pragma once

#include <string_view>

#include "api/call.h"

namespace cromwell::api {

// "a=1&b=x%20y" as an object of texts; where `schema` has an integer, digits become a number. A
// name that comes twice counts the last time. kInvalidRequest for a broken escape or bad UTF-8.
base::Result<JsonIn> parse_query(std::string_view query, const JsonOut& schema);

template <class Fields>
base::Result<Fields> read_query(const FieldTable<Fields>& fields, const HttpRequest& request) {
  CROMWELL_ASSIGN(const JsonIn json, parse_query(request.query, fields.schema()));
  Fields read;
  CROMWELL_TRY(fields.read(json, {}, read));
  return read;
}

}  // namespace cromwell::api
