// The files of the page at /, embedded at build (embed.py). The first is the page itself.
#pragma once

#include <span>

#include "api/page.h"

namespace cromwell::page {

std::span<const api::PageFile> files();

}  // namespace cromwell::page
