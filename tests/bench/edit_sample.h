// The function that benchmark_edit has rewritten: 120 lines of Python that look alike, as a long
// function's do, so that a cursor into them can go wrong.
#pragma once

#include <array>
#include <string>

namespace cromwell::bench {

inline std::string sample_function() {
  static constexpr std::array kFields{"name",  "street", "city",    "country", "phone",  "email",
                                      "order", "amount", "price",   "tax",     "weight", "height",
                                      "width", "colour", "status",  "owner",   "group",  "parent",
                                      "start", "end",    "created", "notes",   "tags"};
  std::string text =
      "def check_record(record, report):\n"
      "    \"\"\"Report what is missing or wrong in a record; return the number of faults.\"\"\"\n"
      "    faults = 0\n";
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const std::string field = kFields[i];
    const std::string value = "record.get(\"" + field + "\")";
    text += "    " + field + " = " + value + "\n";
    if (i % 3 == 0) {
      text += "    if " + field + " is None:\n        report.missing(\"" + field + "\")\n";
    } else if (i % 3 == 1) {
      text += "    if not isinstance(" + field + ", str):\n        report.wrong(\"" + field +
              "\", " + field + ")\n";
    } else {
      text += "    if len(str(" + field + ")) > " + std::to_string(20 + 4 * i) +
              ":\n        report.too_long(\"" + field + "\")\n";
    }
    text += "        faults += 1\n";
    if (i % 2 == 0) text += "\n";
  }
  return text + "    report.total(faults)\n    return faults\n";
}

}  // namespace cromwell::bench
