// The page at / and its files, as clients/page embeds them, and how a browser is to treat them: as
// code of this very origin that talks to nothing else. Any thread.
#pragma once

#include <string_view>

#include "api/http.h"

namespace cromwell::api {

struct PageFile {
  std::string_view name;
  std::string_view type;
  std::string_view text;
};

// Whether the request is for the page or a file of it. These hold nothing of the user's, and a
// browser that asks for them cannot bear a token.
bool is_page_request(const HttpRequest& request);

HttpResponse page_response(const PageFile& file);

}  // namespace cromwell::api
