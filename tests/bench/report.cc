#include "tests/bench/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace cromwell::bench {
namespace {

const Cell* find(const std::vector<Cell>& cells, const std::string& column) {
  for (const Cell& cell : cells) {
    if (cell.column == column) return &cell;
  }
  return nullptr;
}

nlohmann::ordered_json to_json(const std::vector<Cell>& cells) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const Cell& cell : cells) {
    const Value& value = cell.value;
    if (!value.is_number) {
      object[cell.column] = value.text;
    } else if (value.number == std::floor(value.number) && std::fabs(value.number) < 1e15) {
      object[cell.column] = static_cast<long long>(value.number);
    } else {
      object[cell.column] = value.number;
    }
  }
  return object;
}

}  // namespace

std::string Value::shown() const {
  if (!is_number) return text;
  std::array<char, 64> digits{};
  std::snprintf(digits.data(), digits.size(), "%.*f", decimals, number);
  return digits.data();
}

void Report::fact(std::string name, Value value) {
  facts_.emplace_back(std::move(name), std::move(value));
}

void Report::machine(const Machine& machine) {
  fact("cpu", machine.cpu);
  fact("kernels", machine.isa);
  fact("threads", machine.threads);
  fact("peak GFLOP/s", machine.gflops);
  fact("peak int8 GOP/s", machine.gops);
  fact("read GB/s", machine.read_gbps);
}

void Report::row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }

void Report::print(bool json) const { json ? print_json() : print_table(); }

void Report::print_table() const {
  for (const Cell& cell : facts_) {
    std::printf("%-16s %s\n", cell.column.c_str(), cell.value.shown().c_str());
  }
  std::vector<std::string> columns;
  for (const std::vector<Cell>& cells : rows_) {
    for (const Cell& cell : cells) {
      if (std::find(columns.begin(), columns.end(), cell.column) == columns.end()) {
        columns.push_back(cell.column);
      }
    }
  }
  std::vector<std::size_t> widths;
  for (const std::string& column : columns) {
    std::size_t width = column.size();
    for (const std::vector<Cell>& cells : rows_) {
      if (const Cell* cell = find(cells, column))
        width = std::max(width, cell->value.shown().size());
    }
    widths.push_back(width);
  }
  std::printf("\n");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::printf("%*s  ", static_cast<int>(widths[i]), columns[i].c_str());
  }
  std::printf("\n");
  for (const std::vector<Cell>& cells : rows_) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const Cell* cell = find(cells, columns[i]);
      const std::string shown = cell == nullptr ? "-" : cell->value.shown();
      std::printf("%*s  ", static_cast<int>(widths[i]), shown.c_str());
    }
    std::printf("\n");
  }
}

void Report::print_json() const {
  nlohmann::ordered_json object = to_json(facts_);
  object["rows"] = nlohmann::ordered_json::array();
  for (const std::vector<Cell>& cells : rows_) object["rows"].push_back(to_json(cells));
  std::printf("%s\n", object.dump(1).c_str());
}

}  // namespace cromwell::bench
